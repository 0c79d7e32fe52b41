//! An invented schedule, the same for the same portal id.

use fastrand::Rng;
use serde_json::json;

use super::generate::{employee_groups, pick};
use super::schedule::{Position, Section, Shift, ShiftPay, ShiftStatus, ShiftType};
use super::world::Portal;

/// The first ids, far apart, so that a mixed-up id does not match by chance.
const FIRST_SECTION: i64 = 401;
const FIRST_SHIFT_TYPE: i64 = 501;
const FIRST_POSITION: i64 = 601;
const FIRST_SHIFT: i64 = 800_001;

const SHIFTS_A_DAY: u32 = 25;
const FIRST_DAY: jiff::civil::Date = jiff::civil::date(2026, 11, 2);

/// Start and end; the last two cross midnight.
const TIMES: [(&str, &str); 6] = [
    ("06:00", "14:00"),
    ("08:30", "16:30"),
    ("11:00", "15:00"),
    ("15:00", "23:45"),
    ("18:00", "02:00"),
    ("22:15", "06:15"),
];
const SHIFT_TYPES: [&str; 4] = ["Normal", "Night", "Sick", "Training"];

pub(crate) fn shifts(portal: &mut Portal, count: u32) {
    let mut random = Rng::with_seed(portal.id.unsigned_abs() ^ 0x5c4e_d01e);
    employee_groups(portal);
    shift_types(portal);
    let departments: Vec<i64> = portal.departments.keys().copied().collect();
    for (number, department) in (0..).zip(&departments) {
        positions(portal, number, *department);
    }
    let employees: Vec<i64> = portal.employees.keys().copied().collect();
    let groups: Vec<i64> = portal.people.groups.keys().copied().collect();
    let types: Vec<i64> = portal.schedule.shift_types.keys().copied().collect();
    for number in 0..count {
        let id = FIRST_SHIFT + i64::from(number);
        let days = jiff::SignedDuration::from_hours(24 * i64::from(number / SHIFTS_A_DAY));
        let date = FIRST_DAY.saturating_add(days).to_string();
        let (start, end) = TIMES[random.usize(..TIMES.len())];
        let place = (!departments.is_empty()).then(|| random.usize(..departments.len()));
        let mut shift = Shift::new(id, 0, &date, start, end);
        shift.department = place.map(|place| departments[place]);
        shift.time_zone = portal.zone_of(shift.department);
        shift.employee_group = any(&mut random, &groups);
        shift.position = place
            .and_then(|place| i64::try_from(place).ok())
            .map(|place| FIRST_POSITION + 2 * place)
            .filter(|_| random.bool());
        shift.shift_type = any(&mut random, &types).filter(|_| random.bool());
        shift.created = format!("2026-10-{:02}T08:00:00Z", random.u8(1..=15));
        shift.modified = format!("2026-10-{:02}T09:30:00Z", random.u8(16..=31));
        match random.u8(..10) {
            0 => {}
            1 => shift.status = ShiftStatus::Draft,
            2 => {
                shift.employee = any(&mut random, &employees);
                shift.status = shift
                    .employee
                    .map_or(ShiftStatus::Open, |_| ShiftStatus::Approved);
            }
            _ => {
                shift.employee = any(&mut random, &employees);
                shift.status = shift
                    .employee
                    .map_or(ShiftStatus::Open, |_| ShiftStatus::Assigned);
            }
        }
        if random.u8(..20) == 0 {
            shift.comment = Some("Bring the keys".to_owned());
            shift.default_wage = Some(json!({ "amount": 145.5, "type": "PerHour" }));
        }
        portal.schedule.shifts.insert(id, shift);
    }
}

fn shift_types(portal: &mut Portal) {
    for (id, name) in (FIRST_SHIFT_TYPE..).zip(SHIFT_TYPES) {
        let mut kind = ShiftType::new(id, name).active(name != "Training");
        if name == "Night" {
            kind.pay = ShiftPay::Monetary(25.into());
            kind.salary_code = Some("N1".to_owned());
        }
        portal.schedule.shift_types.insert(id, kind);
    }
}

/// One section with two positions, the second of which went out of use.
fn positions(portal: &mut Portal, number: i64, department: i64) {
    let section = FIRST_SECTION + number;
    portal.schedule.sections.insert(
        section,
        Section {
            id: section,
            name: format!("Section {}", number + 1),
            department,
        },
    );
    let mut random = Rng::with_seed(portal.id.unsigned_abs() ^ department.unsigned_abs());
    let groups: Vec<i64> = portal.people.groups.keys().copied().collect();
    let group = any(&mut random, &groups).unwrap_or(1);
    let id = FIRST_POSITION + 2 * number;
    let name = pick(&mut random, &["Counter", "Floor", "Back room"]);
    let used = Position::new(id, format!("{name} {}", number + 1), department, group).section(section);
    let unused = Position::new(id + 1, format!("Old {name} {}", number + 1), department, group);
    portal.schedule.positions.insert(id, used);
    portal
        .schedule
        .positions
        .insert(id + 1, unused.end_date("2025-12-31"));
}

fn any(random: &mut Rng, from: &[i64]) -> Option<i64> {
    (!from.is_empty()).then(|| from[random.usize(..from.len())])
}
