//! Two processes, a thousand tasks each, one expired grant under reuse detection.

use attache_proof::race::{Tally, trial};

#[tokio::test(flavor = "multi_thread")]
async fn two_processes_with_a_thousand_tasks_each_make_one_token_request() {
    let program = env!("CARGO_BIN_EXE_attache-race");
    let trial = trial(program.as_ref(), 1000).await.unwrap();
    let all_ok = Tally {
        ok: 1000,
        unauthorized: 0,
        failed: 0,
    };
    assert_eq!(trial.tallies, [all_ok, all_ok]);
    assert_eq!((trial.token_requests, trial.refusals, trial.replays), (1, 0, 0));
}
