//! Invented data, the same for the same seed.

use fastrand::Rng;

use super::grants::guid;
use super::world::{Department, Employee, Portal};

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

pub(crate) fn client_id(seed: u64) -> String {
    guid(&mut Rng::with_seed(seed ^ 0x5eed_a995))
}

pub(crate) fn portal(id: i64, seed: u64) -> Portal {
    let mut random = Rng::with_seed(seed ^ id.unsigned_abs().rotate_left(32));
    let company = pick(&mut random, &COMPANIES);
    Portal::new(id)
        .name(format!("{}{id}", company.to_lowercase().replace(' ', "")))
        .company_name(format!("{company} ApS"))
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
        employee.employee_groups = vec![i64::from(random.u8(1..=4)) + 300];
        portal.employees.insert(id, employee);
    }
}

fn pick<'a>(random: &mut Rng, from: &[&'a str]) -> &'a str {
    from[random.usize(..from.len())]
}
