//! The crash table is as committed.

use attache_proof::crash;

#[tokio::test(flavor = "multi_thread")]
async fn a_process_killed_anywhere_leaves_what_the_committed_table_says() {
    let program = env!("CARGO_BIN_EXE_attache-crash");
    let found = crash::table(program.as_ref(), |_| ()).await.unwrap();
    assert_eq!(found, include_str!("../crash-table.txt"));
}
