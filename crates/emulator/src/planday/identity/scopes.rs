//! The scope vocabulary (Planday, Scopes), and the words that a consent page uses for it.

/// What every OpenID Connect client may ask for beside an app's own scopes.
pub(crate) const FIXED: [&str; 2] = ["openid", "offline_access"];

/// The rest of the server's own scopes, which no app can tick.
const SERVER: [&str; 5] = [
    "email",
    "plandayid",
    "platform_access_token",
    "access_token",
    "impersonate",
];

/// What an app can tick: area, then resource, its words, and its verbs.
type Area = (
    &'static str,
    &'static [(&'static str, &'static str, &'static [&'static str])],
);

const ALL: &[&str] = &["read", "create", "update", "delete"];
const KEPT: &[&str] = &["read", "create", "update"];
const CHANGED: &[&str] = &["read", "update"];
const READ: &[&str] = &["read"];

const AREAS: [Area; 9] = [
    (
        "HR",
        &[
            (
                "employee",
                "employees",
                &["read", "create", "update", "deactivate", "history"],
            ),
            ("employeetype", "employee types", READ),
            ("employeegroup", "employee groups", ALL),
            ("department", "departments", ALL),
            ("skill", "skills", ALL),
            ("bankaccount", "bank accounts", KEPT),
            ("birthdate", "dates of birth", KEPT),
            ("ssn", "social security numbers", KEPT),
        ],
    ),
    (
        "Scheduling",
        &[
            ("shift", "shifts", ALL),
            ("shifttype", "shift types", ALL),
            ("shiftposition", "positions and sections", ALL),
            ("timeandcost", "time and cost", READ),
        ],
    ),
    (
        "Punch Clock",
        &[
            ("punchclockshift", "punch clock records", &["read", "create"]),
            (
                "punchclockkioskdevice",
                "punch clock devices",
                &["read", "create", "delete"],
            ),
            (
                "punchclockkioskprofile",
                "punch clock profiles",
                &["read", "create"],
            ),
        ],
    ),
    (
        "Absence",
        &[
            ("absence", "absence", KEPT),
            ("absencesettings", "absence settings", ALL),
        ],
    ),
    (
        "Revenue",
        &[("revenue", "revenue", &["read", "set", "update", "delete"])],
    ),
    (
        "Payroll and pay",
        &[
            ("payroll", "payroll", READ),
            ("payrates", "pay rates", CHANGED),
            ("salaries", "salaries", CHANGED),
        ],
    ),
    ("Contract rules", &[("contractrules", "contract rules", CHANGED)]),
    (
        "Security groups",
        &[
            ("securitygroups", "security groups", READ),
            (
                "securitygroupmembership",
                "security group memberships",
                &["read", "update", "delete"],
            ),
        ],
    ),
    (
        "Portal and Data Center",
        &[
            ("portal", "portals", &["create"]),
            ("datacenter", "data center files", &["read", "create"]),
        ],
    ),
];

/// The scopes that an app can tick, by area.
pub(crate) fn by_area() -> Vec<(&'static str, Vec<String>)> {
    let scopes = |resources: &[(&str, &str, &[&str])]| -> Vec<String> {
        let scope = |name: &str, verb: &str| format!("{name}:{verb}");
        resources
            .iter()
            .flat_map(|(name, _, verbs)| verbs.iter().map(move |verb| scope(name, verb)))
            .collect()
    };
    AREAS
        .iter()
        .map(|(area, resources)| (*area, scopes(resources)))
        .collect()
}

/// Every scope of the discovery document.
pub(crate) fn all() -> Vec<String> {
    let server = FIXED.iter().chain(&SERVER).map(|scope| (*scope).to_owned());
    server
        .chain(by_area().into_iter().flat_map(|(_, scopes)| scopes))
        .collect()
}

/// Whether an app can tick it.
pub(crate) fn is_tickable(scope: &str) -> bool {
    by_area()
        .iter()
        .any(|(_, scopes)| scopes.iter().any(|known| known == scope))
}

/// What a consent page calls a scope: `Edit pay rates`.
pub(crate) fn words(scope: &str) -> String {
    match scope {
        "openid" => return "Know who you are".to_owned(),
        "offline_access" => return "Keep access while you are away".to_owned(),
        _ => {}
    }
    let (name, verb) = scope.split_once(':').unwrap_or((scope, ""));
    let resource = AREAS
        .iter()
        .flat_map(|(_, resources)| resources.iter())
        .find(|(known, ..)| *known == name)
        .map_or(name, |(_, words, _)| words);
    match verb {
        "read" => format!("See {resource}"),
        "create" => format!("Create {resource}"),
        "update" => format!("Edit {resource}"),
        "set" => format!("Set {resource}"),
        "delete" => format!("Delete {resource}"),
        "deactivate" => format!("Deactivate {resource}"),
        "history" => format!("See the history of {resource}"),
        _ => scope.to_owned(),
    }
}
