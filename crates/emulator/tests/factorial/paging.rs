use attache_emulator::factorial::{Amounts, Company, Emulator, Options};
use serde_json::{Value, json};

use crate::support::{Answer, get_with_key};

const KEY: &str = "a.b.c";

fn many() -> Emulator {
    let amounts = Amounts {
        employees: 250,
        teams: 1,
        leaves: 0,
        shifts: 3,
    };
    Emulator::builder()
        .options(Options::default().unknown_member(false))
        .company(Company::generated(7, 7, amounts))
        .api_key(7, KEY)
        .build()
        .unwrap()
}

fn list(emulator: &Emulator, query: &str) -> Answer {
    get_with_key(emulator, &format!("/employees/employees{query}"), KEY)
}

fn cursor(answer: &Answer, name: &str) -> String {
    let text = answer.body["meta"][name].as_str().unwrap();
    text.replace('=', "%3D")
}

#[test]
fn cursors_lead_through_all_rows_in_order_of_id() {
    let emulator = many();
    let mut seen: Vec<Value> = Vec::new();
    let mut sizes = Vec::new();
    let mut query = String::new();
    loop {
        let page = list(&emulator, &query);
        sizes.push(page.column("id").len());
        seen.extend(page.column("id"));
        if page.body["meta"]["has_next_page"] == false {
            break;
        }
        query = format!("?after_id={}", cursor(&page, "end_cursor"));
    }
    let all: Vec<Value> = (0..250)
        .map(|number| json!((Company::FIRST_EMPLOYEE + number).to_string()))
        .collect();
    assert_eq!((sizes, seen), (vec![100, 100, 50], all));
}

#[test]
fn meta_says_where_a_page_is() {
    let emulator = many();
    let first = list(&emulator, "?limit=2");
    let meta = |answer: &Answer, next: bool, previous: bool| {
        json!({
            "has_next_page": next,
            "has_previous_page": previous,
            "limit": 2,
            "total": 250,
            "start_cursor": answer.body["meta"]["start_cursor"],
            "end_cursor": answer.body["meta"]["end_cursor"],
        })
    };
    assert_eq!(first.body["meta"], meta(&first, true, false));
    let after = format!("?limit=2&after_id={}", cursor(&first, "end_cursor"));
    let second = list(&emulator, &after);
    assert_eq!(second.body["meta"], meta(&second, true, true));
    let before = format!("?limit=2&before_id={}", cursor(&second, "start_cursor"));
    assert_eq!(list(&emulator, &before).column("id"), first.column("id"));
}

#[test]
fn a_limit_above_the_maximum_or_none_is_a_hundred() {
    let emulator = many();
    for query in ["?limit=101", "?limit=0", "?limit=x", ""] {
        assert_eq!(list(&emulator, query).body["meta"]["limit"], 100, "{query}");
    }
}

#[test]
fn page_numbers_work_and_have_no_cursors() {
    let emulator = many();
    let third = list(&emulator, "?page=3");
    assert_eq!(third.column("id").len(), 50);
    assert_eq!(
        third.body["meta"],
        json!({ "limit": 100, "total": 250, "has_next_page": false, "has_previous_page": true })
    );
    assert_eq!(list(&emulator, "?page=4").column("id").len(), 0);
}

#[test]
fn a_cursor_of_nowhere_is_400() {
    assert_eq!(list(&many(), "?after_id=zzz").status, 400);
}

#[test]
fn shifts_of_named_employees_have_no_limit_in_meta() {
    let emulator = many();
    let employee = Company::FIRST_EMPLOYEE + 1;
    let named = format!("/attendance/shifts?employee_ids[]={employee}");
    let named = get_with_key(&emulator, &named, KEY);
    assert_eq!(
        (named.column("id").len(), &named.body["meta"]["limit"]),
        (1, &Value::Null)
    );
    let all = get_with_key(&emulator, "/attendance/shifts", KEY);
    assert_eq!(all.body["meta"]["limit"], 100);
}

#[test]
fn arrays_need_rails_brackets() {
    let emulator = many();
    let (one, two) = (Company::FIRST_EMPLOYEE, Company::FIRST_EMPLOYEE + 5);
    let bracketed = list(&emulator, &format!("?ids[]={one}&ids[]={two}"));
    assert_eq!(
        bracketed.column("id"),
        [json!(one.to_string()), json!(two.to_string())]
    );
    let bare = list(&emulator, &format!("?ids={one}"));
    assert_eq!(bare.body["meta"]["total"], 250);
    assert_eq!(
        emulator.log().last().unwrap().client_faults,
        ["array-without-brackets"]
    );
}
