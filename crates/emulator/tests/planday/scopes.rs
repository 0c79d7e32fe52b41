//! Which scope each operation asks for, as the reference states it.

use attache_emulator::planday::{App, Connection, Limits, Portal};
use serde_json::json;

use crate::support::{Answer, send};

#[rustfmt::skip] // one operation a line
const OPERATIONS: [(&str, &str, &str); 50] = [
    ("GET", "/hr/v1.0/departments", "department:read"),
    ("POST", "/hr/v1.0/departments", "department:create"),
    ("GET", "/hr/v1.0/departments/1", "department:read"),
    ("PUT", "/hr/v1.0/departments/1", "department:update"),
    ("DELETE", "/hr/v1.0/departments/1", "department:delete"),
    ("GET", "/hr/v1.0/departments/1/employees", "employee:read"),
    ("GET", "/hr/v1.0/employeegroups", "employeegroup:read"),
    ("POST", "/hr/v1.0/employeegroups", "employeegroup:create"),
    ("GET", "/hr/v1.0/employeegroups/1", "employeegroup:read"),
    ("PUT", "/hr/v1.0/employeegroups/1", "employeegroup:update"),
    ("DELETE", "/hr/v1.0/employeegroups/1", "employeegroup:delete"),
    ("GET", "/hr/v1.0/employeegroups/1/employees", "employee:read"),
    ("GET", "/hr/v1.0/employeetypes", "employeetype:read"),
    ("GET", "/hr/v1.0/employees", "employee:read"),
    ("GET", "/hr/v1.0/employees/deactivated", "employee:read"),
    ("POST", "/hr/v1.0/employees", "employee:create"),
    ("GET", "/hr/v1.0/employees/1", "employee:read"),
    ("PUT", "/hr/v1.0/employees/1", "employee:update"),
    ("PUT", "/hr/v1.0/employees/deactivate/1", "employee:update"),
    ("PUT", "/hr/v1.0/employees/reactivate/1", "employee:update"),
    ("GET", "/hr/v1.0/employees/supervisors", "employee:read"),
    ("GET", "/hr/v1.0/employees/fielddefinitions", "employee:read"),
    ("POST", "/hr/v1.0/skills", "skill:create"),
    ("PUT", "/hr/v1.0/skills", "skill:update"),
    ("DELETE", "/hr/v1.0/skills", "skill:delete"),
    ("GET", "/scheduling/v1.0/shifts", "shift:read"),
    ("POST", "/scheduling/v1.0/shifts", "shift:create"),
    ("GET", "/scheduling/v1.0/shifts/1", "shift:read"),
    ("PUT", "/scheduling/v1.0/shifts/1", "shift:update"),
    ("DELETE", "/scheduling/v1.0/shifts/1", "shift:delete"),
    ("GET", "/scheduling/v1.0/shifts/deleted", "shift:read"),
    ("GET", "/scheduling/v1.0/shifts/shiftstatus/all", "shift:read"),
    ("POST", "/scheduling/v1.0/shifts/1/approve", "shift:update"),
    ("POST", "/scheduling/v1.0/shifts/1/employee", "shift:update"),
    ("POST", "/scheduling/v1.0/shifts/drafts/publish", "shift:update"),
    ("GET", "/scheduling/v1.0/shifts/1/history", "shift:read"),
    ("GET", "/scheduling/v1.0/sections", "shiftposition:read"),
    ("GET", "/scheduling/v1.0/positions", "shiftposition:read"),
    ("POST", "/scheduling/v1.0/positions", "shiftposition:create"),
    ("GET", "/scheduling/v1.0/positions/1", "shiftposition:read"),
    ("PUT", "/scheduling/v1.0/positions/1", "shiftposition:update"),
    ("DELETE", "/scheduling/v1.0/positions/1", "shiftposition:delete"),
    ("GET", "/scheduling/v1.0/shifttypes", "shifttype:read"),
    ("POST", "/scheduling/v1.0/shifttypes", "shifttype:create"),
    ("PUT", "/scheduling/v1.0/shifttypes/1", "shifttype:update"),
    ("GET", "/scheduling/v1.0/scheduleDay", "shift:read"),
    ("PUT", "/scheduling/v1.0/scheduleDay", "shift:update"),
    ("GET", "/scheduling/v1.0/skills", "shifttype:read"),
    ("GET", "/scheduling/v1.0/timeandcost/1", "timeandcost:read"),
    ("GET", "/hr/v1.0/employees/1/history", "employee:history"),
];

const CLIENT: &str = "6c1de0a4-52f1-4a8b-a3c7-0d7a51b2e9f0";

/// What an operation answers to an app with these scopes, in an empty portal.
fn call(method: &str, target: &str, scopes: &[&str]) -> Answer {
    let emulator = attache_emulator::planday::Emulator::builder()
        .limits(Limits::unlimited())
        .app(App::new(CLIENT).scopes(scopes.iter().copied()))
        .portal(Portal::new(9))
        .connect(Connection::new(CLIENT, 9).with_refresh_token("rt-nine"))
        .build()
        .unwrap();
    let (access, _) = crate::support::pair(&emulator, "rt-nine");
    send(&emulator, method, target, &access, &json!({}))
}

#[test]
fn every_operation_is_refused_without_its_scope_in_the_documented_words() {
    for (method, target, scope) in OPERATIONS {
        let others: Vec<&str> = OPERATIONS
            .iter()
            .map(|(.., other)| *other)
            .filter(|other| *other != scope)
            .collect();
        let answer = call(method, target, &others);
        let text = format!("Your application isn't assigned to the appropriate scope ({scope})");
        assert_eq!(
            (answer.status, &answer.body["detail"]),
            (403, &json!(text)),
            "{method} {target}"
        );
    }
}

#[test]
fn every_operation_is_admitted_with_its_scope_alone() {
    for (method, target, scope) in OPERATIONS {
        let answer = call(method, target, &[scope]);
        assert!(
            matches!(answer.status, 200 | 204 | 400 | 404 | 409),
            "{method} {target}: {}",
            answer.status
        );
    }
}

#[test]
fn an_app_is_made_with_the_scope_of_every_operation() {
    let app = App::new(CLIENT);
    for (.., scope) in OPERATIONS {
        assert!(app.scopes.iter().any(|granted| granted == scope), "{scope}");
    }
}
