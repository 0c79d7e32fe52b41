//! Invented data, the same for the same seed.

use fastrand::Rng;

use super::identity::issuing::guid;
use super::people::{Employee, EmployeeGroup, EmployeeType, People, Skill};
use super::schedule::Schedule;
use super::world::{Administrator, Department, Portal};

const COMPANIES: [&str; 6] = [
    "Harbour Bakery",
    "Birch Cafe",
    "North Quay Hotel",
    "Old Mill Kitchen",
    "Sandvik Bar",
    "Linden Gym",
];
const DEPARTMENTS: [&str; 8] = [
    "Kitchen",
    "Bar",
    "Reception",
    "Terrace",
    "Delivery",
    "Storage",
    "Cleaning",
    "Events",
];
const FIRST_NAMES: [&str; 10] = [
    "Ada", "Bjørn", "Clara", "Dag", "Elin", "Freja", "Gustav", "Håkon", "Ida", "Jonas",
];
const LAST_NAMES: [&str; 10] = [
    "Holm", "Lund", "Bakke", "Dahl", "Eriksen", "Friis", "Grøn", "Hansen", "Iversen", "Juhl",
];
const CITIES: [&str; 4] = ["Aarhus", "Odense", "Malmö", "Bergen"];

/// The first ids, far apart, so that a mixed-up id does not match by chance.
const FIRST_DEPARTMENT: i64 = 1001;
const FIRST_EMPLOYEE: i64 = 50_001;
const FIRST_GROUP: i64 = 301;
const FIRST_TYPE: i64 = 901;
const FIRST_SKILL: i64 = 951;
const FIRST_SUPERVISOR: i64 = 7001;

const GROUPS: [&str; 4] = ["Waiters", "Cooks", "Bartenders", "Runners"];

pub(crate) fn client_id(seed: u64) -> String {
    guid(&mut Rng::with_seed(seed ^ 0x5eed_a995))
}

pub(crate) fn portal(id: i64, seed: u64) -> Portal {
    let mut random = Rng::with_seed(seed ^ id.unsigned_abs().rotate_left(32));
    let company = pick(&mut random, &COMPANIES);
    Portal::new(id)
        .name(format!("{}{id}", company.to_lowercase().replace(' ', "")))
        .company_name(format!("{company} ApS"))
        .administrators([
            Administrator::named("owner", "Signe Owner"),
            Administrator::named("reader", "Rolf Reader").may_edit(false),
            Administrator::named("kitchen", "Kaja Kitchen").sees_only([FIRST_DEPARTMENT]),
        ])
}

/// How much invented data a portal has.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Amounts {
    /// Departments, with ids from 1001.
    pub departments: u32,
    /// Employees, with ids from 50001.
    pub employees: u32,
    /// Shifts, with ids from 800001: ten thousand are two hundred pages of the usual size.
    pub shifts: u32,
}

impl Default for Amounts {
    /// The first portal of the sample world.
    fn default() -> Self {
        Self {
            departments: 12,
            employees: 64,
            shifts: 40,
        }
    }
}

impl Portal {
    /// Replaces the portal's departments, people and schedule by this much invented data.
    #[must_use]
    pub fn filled(mut self, amounts: Amounts) -> Self {
        self.departments.clear();
        self.employees.clear();
        self.people = People::default();
        self.schedule = Schedule::default();
        self.departments(amounts.departments)
            .employees(amounts.employees)
            .shifts(amounts.shifts)
    }
}

pub(crate) fn departments(portal: &mut Portal, count: u32) {
    for number in 0..i64::from(count) {
        let id = FIRST_DEPARTMENT + number;
        let index = usize::try_from(number).unwrap_or_default();
        let kind = DEPARTMENTS[index % DEPARTMENTS.len()];
        let department = match index / DEPARTMENTS.len() {
            0 => Department::new(id, kind),
            round => Department::new(id, format!("{kind} {}", round + 1)),
        };
        // Every third has no number: `number` may be null.
        let department = if index % 3 == 2 {
            department
        } else {
            department.number(format!("{}", 10 * (number + 1)))
        };
        portal.departments.insert(id, department);
    }
}

pub(crate) fn employees(portal: &mut Portal, count: u32) {
    employee_groups(portal);
    let mut random = Rng::with_seed(portal.id.unsigned_abs());
    let departments: Vec<i64> = portal.departments.keys().copied().collect();
    for number in 0..i64::from(count) {
        let id = FIRST_EMPLOYEE + number;
        let (first, last) = (pick(&mut random, &FIRST_NAMES), pick(&mut random, &LAST_NAMES));
        let mut employee = Employee::new(id, first, last);
        employee.user_name = format!("employee{id}@example.com");
        employee.hired = Some(format!("20{:02}-{:02}-01", random.u8(18..26), random.u8(1..=12)));
        employee.created = format!("2026-{:02}-{:02}T08:00:00Z", random.u8(1..=6), random.u8(1..=28));
        employee.modified = format!("2026-{:02}-{:02}T09:30:00Z", random.u8(7..=11), random.u8(1..=20));
        employee.salary_identifier = random.bool().then(|| format!("S{id}"));
        employee.cell_phone = random
            .bool()
            .then(|| format!("{:08}", random.u32(20_000_000..29_999_999)));
        employee.city = random.bool().then(|| pick(&mut random, &CITIES).to_owned());
        employee.gender = Some(if random.bool() { "Female" } else { "Male" }.to_owned());
        if !departments.is_empty() {
            let home = random.usize(..departments.len());
            employee.departments.push(departments[home]);
            if random.bool() && departments.len() > 1 {
                employee
                    .departments
                    .push(departments[(home + 1) % departments.len()]);
            }
        }
        employee.employee_groups = vec![i64::from(random.u8(..4)) + FIRST_GROUP];
        employee.employee_type = Some(FIRST_TYPE + number % 2);
        employee.supervisor_id = (number > 0).then_some(FIRST_SUPERVISOR);
        portal.employees.insert(id, employee);
    }
}

/// The groups, types and skills that every invented portal has, and the record of its first supervisor.
pub(crate) fn employee_groups(portal: &mut Portal) {
    for (id, name) in (FIRST_GROUP..).zip(GROUPS) {
        let name = name.to_owned();
        portal
            .people
            .groups
            .entry(id)
            .or_insert(EmployeeGroup { id, name });
    }
    for (id, name) in (FIRST_TYPE..).zip(["Full time", "Part time"]) {
        let (name, description) = (name.to_owned(), None);
        let kind = EmployeeType {
            id,
            name,
            description,
        };
        portal.people.types.entry(id).or_insert(kind);
    }
    for (id, name) in (FIRST_SKILL..).zip(["Barista", "First aid"]) {
        let mut skill = Skill::new(id, name);
        skill.time_limited = name == "First aid";
        portal.people.skills.entry(id).or_insert(skill);
    }
    portal
        .people
        .supervisors
        .entry(FIRST_SUPERVISOR)
        .or_insert(FIRST_EMPLOYEE);
}

pub(crate) fn pick<'a>(random: &mut Rng, from: &[&'a str]) -> &'a str {
    from[random.usize(..from.len())]
}
