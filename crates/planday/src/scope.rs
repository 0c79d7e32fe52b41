//! What an app may be allowed to do.

use std::{borrow::Cow, fmt};

/// A scope: a right that an administrator gives an app, and that an operation needs.
///
/// An app's scopes are ticked when it is created and cannot be added to later; a portal shows them on its consent page
/// (Planday, Authorization: create an app). The constants are all that the identity server lists (its discovery
/// document, `scopes_supported`); [`Scope::new`] takes any other. Which scopes an operation needs is
/// [`Operation::required_scopes`](crate::Operation::required_scopes).
///
/// No scope is needed to ask a portal who it is. Some scopes have no operation that any page describes.
///
/// # Examples
///
/// ```
/// use attache_planday::Scope;
///
/// let scopes = [Scope::EMPLOYEE_READ, Scope::SHIFT_READ, Scope::new("wardrobe:read")];
/// assert_eq!(scopes.map(|scope| scope.is_known()), [true, true, false]);
/// assert_eq!(Scope::new("employee:read"), Scope::EMPLOYEE_READ);
/// ```
#[derive(Clone, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Scope(Cow<'static, str>);

macro_rules! scopes {
    ($( $area:literal { $( $(#[$doc:meta])* $name:ident = $text:literal, )+ } )+) => {
        $(
            #[doc = $area]
            impl Scope {
                $(
                    $(#[$doc])*
                    #[doc = ""]
                    #[doc = concat!("`", $text, "`")]
                    pub const $name: Self = Self(Cow::Borrowed($text));
                )+
            }
        )+

        impl Scope {
            /// All that the identity server lists, in the order of the areas here.
            pub const KNOWN: &'static [Self] = &[$($( Self::$name, )+)+];
        }
    };
}

impl Scope {
    /// The scope with this text, whether it is among the constants or not.
    pub fn new(text: impl Into<Cow<'static, str>>) -> Self {
        Self(text.into())
    }

    /// Its text, as Planday has it.
    pub fn as_str(&self) -> &str {
        &self.0
    }

    /// Whether it is among [`Scope::KNOWN`].
    pub fn is_known(&self) -> bool {
        Self::KNOWN.contains(self)
    }
}

scopes! {
    "OpenID Connect and the identity server. The last four are the server's own: no page tells an app to ask for them." {
        /// Asks for an ID token; every authorisation of a partner needs it.
        OPENID = "openid",
        /// Asks for a refresh token; every authorisation of a partner needs it.
        OFFLINE_ACCESS = "offline_access",
        /// The administrator's e-mail address in the ID token.
        EMAIL = "email",
        /// The identity server's own.
        PLANDAYID = "plandayid",
        /// The identity server's own.
        PLATFORM_ACCESS_TOKEN = "platform_access_token",
        /// The identity server's own.
        ACCESS_TOKEN = "access_token",
        /// The identity server's own.
        IMPERSONATE = "impersonate",
    }
    "HR." {
        /// To read employees.
        EMPLOYEE_READ = "employee:read",
        /// To create employees.
        EMPLOYEE_CREATE = "employee:create",
        /// To change employees.
        EMPLOYEE_UPDATE = "employee:update",
        /// To deactivate employees.
        EMPLOYEE_DEACTIVATE = "employee:deactivate",
        /// To read the history of employees.
        EMPLOYEE_HISTORY = "employee:history",
        /// To read employee types.
        EMPLOYEE_TYPE_READ = "employeetype:read",
        /// To read employee groups.
        EMPLOYEE_GROUP_READ = "employeegroup:read",
        /// To create employee groups.
        EMPLOYEE_GROUP_CREATE = "employeegroup:create",
        /// To change employee groups.
        EMPLOYEE_GROUP_UPDATE = "employeegroup:update",
        /// To delete employee groups.
        EMPLOYEE_GROUP_DELETE = "employeegroup:delete",
        /// To read departments.
        DEPARTMENT_READ = "department:read",
        /// To create departments.
        DEPARTMENT_CREATE = "department:create",
        /// To change departments.
        DEPARTMENT_UPDATE = "department:update",
        /// To delete departments.
        DEPARTMENT_DELETE = "department:delete",
        /// To read skills.
        SKILL_READ = "skill:read",
        /// To create skills.
        SKILL_CREATE = "skill:create",
        /// To change skills.
        SKILL_UPDATE = "skill:update",
        /// To delete skills.
        SKILL_DELETE = "skill:delete",
        /// To read bank accounts of employees.
        BANK_ACCOUNT_READ = "bankaccount:read",
        /// To create bank accounts of employees.
        BANK_ACCOUNT_CREATE = "bankaccount:create",
        /// To change bank accounts of employees.
        BANK_ACCOUNT_UPDATE = "bankaccount:update",
        /// To read dates of birth of employees.
        BIRTH_DATE_READ = "birthdate:read",
        /// To create dates of birth of employees.
        BIRTH_DATE_CREATE = "birthdate:create",
        /// To change dates of birth of employees.
        BIRTH_DATE_UPDATE = "birthdate:update",
        /// To read social security numbers of employees.
        SSN_READ = "ssn:read",
        /// To create social security numbers of employees.
        SSN_CREATE = "ssn:create",
        /// To change social security numbers of employees.
        SSN_UPDATE = "ssn:update",
    }
    "Scheduling." {
        /// To read shifts.
        SHIFT_READ = "shift:read",
        /// To create shifts.
        SHIFT_CREATE = "shift:create",
        /// To change shifts.
        SHIFT_UPDATE = "shift:update",
        /// To delete shifts.
        SHIFT_DELETE = "shift:delete",
        /// To read shift types.
        SHIFT_TYPE_READ = "shifttype:read",
        /// To create shift types.
        SHIFT_TYPE_CREATE = "shifttype:create",
        /// To change shift types.
        SHIFT_TYPE_UPDATE = "shifttype:update",
        /// To delete shift types.
        SHIFT_TYPE_DELETE = "shifttype:delete",
        /// To read positions and sections.
        SHIFT_POSITION_READ = "shiftposition:read",
        /// To create positions and sections.
        SHIFT_POSITION_CREATE = "shiftposition:create",
        /// To change positions and sections.
        SHIFT_POSITION_UPDATE = "shiftposition:update",
        /// To delete positions and sections.
        SHIFT_POSITION_DELETE = "shiftposition:delete",
        /// To read times and costs of a schedule.
        TIME_AND_COST_READ = "timeandcost:read",
    }
    "Punch Clock." {
        /// To read punched shifts.
        PUNCH_CLOCK_SHIFT_READ = "punchclockshift:read",
        /// To create punched shifts.
        PUNCH_CLOCK_SHIFT_CREATE = "punchclockshift:create",
        /// To read kiosk devices.
        PUNCH_CLOCK_KIOSK_DEVICE_READ = "punchclockkioskdevice:read",
        /// To create kiosk devices.
        PUNCH_CLOCK_KIOSK_DEVICE_CREATE = "punchclockkioskdevice:create",
        /// To delete kiosk devices.
        PUNCH_CLOCK_KIOSK_DEVICE_DELETE = "punchclockkioskdevice:delete",
        /// To read kiosk profiles.
        PUNCH_CLOCK_KIOSK_PROFILE_READ = "punchclockkioskprofile:read",
        /// To create kiosk profiles.
        PUNCH_CLOCK_KIOSK_PROFILE_CREATE = "punchclockkioskprofile:create",
    }
    "Absence." {
        /// To read absence, its accounts and requests.
        ABSENCE_READ = "absence:read",
        /// To create absence, its accounts and requests.
        ABSENCE_CREATE = "absence:create",
        /// To change absence, its accounts and requests.
        ABSENCE_UPDATE = "absence:update",
        /// To read settings of absence, such as types of accounts.
        ABSENCE_SETTINGS_READ = "absencesettings:read",
        /// To create settings of absence, such as types of accounts.
        ABSENCE_SETTINGS_CREATE = "absencesettings:create",
        /// To change settings of absence, such as types of accounts.
        ABSENCE_SETTINGS_UPDATE = "absencesettings:update",
        /// To delete settings of absence, such as types of accounts.
        ABSENCE_SETTINGS_DELETE = "absencesettings:delete",
    }
    "Revenue." {
        /// To read revenue.
        REVENUE_READ = "revenue:read",
        /// To set revenue.
        REVENUE_SET = "revenue:set",
        /// To change revenue.
        REVENUE_UPDATE = "revenue:update",
        /// To delete revenue.
        REVENUE_DELETE = "revenue:delete",
    }
    "Payroll and pay." {
        /// To read payroll.
        PAYROLL_READ = "payroll:read",
        /// To read pay rates.
        PAY_RATES_READ = "payrates:read",
        /// To change pay rates.
        PAY_RATES_UPDATE = "payrates:update",
        /// To read salaries.
        SALARIES_READ = "salaries:read",
        /// To change salaries.
        SALARIES_UPDATE = "salaries:update",
    }
    "Contract rules." {
        /// To read contract rules.
        CONTRACT_RULES_READ = "contractrules:read",
        /// To change contract rules.
        CONTRACT_RULES_UPDATE = "contractrules:update",
    }
    "Portal." {
        /// To create portals.
        PORTAL_CREATE = "portal:create",
    }
    "Security groups." {
        /// To read security groups.
        SECURITY_GROUPS_READ = "securitygroups:read",
        /// To read memberships of security groups.
        SECURITY_GROUP_MEMBERSHIP_READ = "securitygroupmembership:read",
        /// To change memberships of security groups.
        SECURITY_GROUP_MEMBERSHIP_UPDATE = "securitygroupmembership:update",
        /// To delete memberships of security groups.
        SECURITY_GROUP_MEMBERSHIP_DELETE = "securitygroupmembership:delete",
    }
    "Data Center." {
        /// To read what the Data Center holds.
        DATA_CENTER_READ = "datacenter:read",
        /// To create what the Data Center holds.
        DATA_CENTER_CREATE = "datacenter:create",
    }
}

impl fmt::Debug for Scope {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_tuple("Scope").field(&self.as_str()).finish()
    }
}

impl fmt::Display for Scope {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.as_str())
    }
}

impl AsRef<str> for Scope {
    fn as_ref(&self) -> &str {
        self.as_str()
    }
}

impl From<&str> for Scope {
    fn from(text: &str) -> Self {
        Self(Cow::Owned(text.to_owned()))
    }
}

impl From<Scope> for String {
    fn from(scope: Scope) -> Self {
        scope.0.into_owned()
    }
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeSet;

    use super::*;

    /// `scopes_supported` of Planday's discovery document: a resource and its verbs, or a scope without a verb.
    const DISCOVERY: &[(&str, &[&str])] = &[
        ("openid", &[]),
        ("offline_access", &[]),
        ("email", &[]),
        ("plandayid", &[]),
        ("platform_access_token", &[]),
        ("access_token", &[]),
        ("impersonate", &[]),
        ("employee", &["read", "create", "update", "deactivate", "history"]),
        ("employeetype", &["read"]),
        ("employeegroup", &["read", "create", "update", "delete"]),
        ("department", &["read", "create", "update", "delete"]),
        ("skill", &["read", "create", "update", "delete"]),
        ("bankaccount", &["read", "create", "update"]),
        ("birthdate", &["read", "create", "update"]),
        ("ssn", &["read", "create", "update"]),
        ("shift", &["read", "create", "update", "delete"]),
        ("shifttype", &["read", "create", "update", "delete"]),
        ("shiftposition", &["read", "create", "update", "delete"]),
        ("timeandcost", &["read"]),
        ("punchclockshift", &["read", "create"]),
        ("punchclockkioskdevice", &["read", "create", "delete"]),
        ("punchclockkioskprofile", &["read", "create"]),
        ("absence", &["read", "create", "update"]),
        ("absencesettings", &["read", "create", "update", "delete"]),
        ("revenue", &["read", "set", "update", "delete"]),
        ("payroll", &["read"]),
        ("payrates", &["read", "update"]),
        ("salaries", &["read", "update"]),
        ("contractrules", &["read", "update"]),
        ("portal", &["create"]),
        ("securitygroups", &["read"]),
        ("securitygroupmembership", &["read", "update", "delete"]),
        ("datacenter", &["read", "create"]),
    ];

    #[test]
    fn the_vocabulary_is_that_of_the_discovery_document() {
        let documented: BTreeSet<String> = DISCOVERY
            .iter()
            .flat_map(|(resource, verbs)| {
                let whole = verbs.is_empty().then(|| (*resource).to_owned());
                whole
                    .into_iter()
                    .chain(verbs.iter().map(move |verb| format!("{resource}:{verb}")))
            })
            .collect();
        let known: Vec<String> = Scope::KNOWN.iter().map(ToString::to_string).collect();
        assert_eq!((documented.len(), known.len()), (79, 79), "no text twice");
        assert_eq!(known.into_iter().collect::<BTreeSet<_>>(), documented);
    }

    #[test]
    fn every_scope_of_every_operation_is_in_the_vocabulary() {
        let unknown: Vec<_> = crate::operations()
            .flat_map(attache_client::Operation::required_scopes)
            .filter(|scope| !Scope::from(**scope).is_known())
            .collect();
        assert!(unknown.is_empty(), "{unknown:?}");
    }

    #[test]
    fn the_scope_of_a_special_member_is_in_the_vocabulary() {
        use crate::hr::Special::{BankAccount, BirthDate, Ssn};
        for special in [BankAccount, BirthDate, Ssn] {
            assert!(Scope::from(special.scope()).is_known(), "{special:?}");
        }
    }
}
