//! Invented data, the same for the same seed.

use fastrand::Rng;
use serde_json::json;

use super::world::Company;

const FIRST_NAMES: [&str; 10] = [
    "Alba", "Bruno", "Carla", "Dario", "Elisa", "Fermín", "Gala", "Hugo", "Inés", "Joan",
];
const LAST_NAMES: [&str; 10] = [
    "Arnau",
    "Bosch",
    "Costa",
    "Domènech",
    "Esteve",
    "Ferrer",
    "Gil",
    "Herrera",
    "Iborra",
    "Jordà",
];
const TEAMS: [&str; 5] = ["Workshop", "Warehouse", "Sales", "People", "Night shift"];

/// The first ids. A cluster's ids begin far beyond what a double holds exactly.
pub(crate) const FIRST_ID: u64 = 3_689_348_814_741_910;
const EMPLOYEES: u64 = FIRST_ID * 10 + 1000;
const TEAM_IDS: u64 = FIRST_ID * 10 + 3000;

/// How much invented data a company has.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Amounts {
    /// Employees. 250 are three pages of the usual size.
    pub employees: u32,
    /// Teams.
    pub teams: u32,
    /// Leaves.
    pub leaves: u32,
    /// Shifts.
    pub shifts: u32,
}

impl Default for Amounts {
    fn default() -> Self {
        Self {
            employees: 120,
            teams: 5,
            leaves: 12,
            shifts: 30,
        }
    }
}

impl Company {
    /// A company filled with this much invented data.
    pub fn generated(id: u64, seed: u64, amounts: Amounts) -> Self {
        let mut random = Rng::with_seed(seed ^ id.rotate_left(32));
        let mut company = Self::new(id)
            .name("Talleres Brisa")
            .legal_entity(id + 21, "Talleres Brisa SL", "es")
            .legal_entity(id + 22, "Brisa Atelier SARL", "fr");
        for number in 0..u64::from(amounts.employees) {
            let (first, last) = (pick(&mut random, &FIRST_NAMES), pick(&mut random, &LAST_NAMES));
            let email = format!("employee{number}@brisa.example");
            let members = json!({
                "email": email,
                "login_email": email,
                "birthday_on": format!("19{}-0{}-1{}", random.u8(60..99), random.u8(1..9), random.u8(0..9)),
                "city": "Girona",
                "country": "es",
                "bank_number": format!("ES00 0000 {:04} {:04}", random.u16(..9999), random.u16(..9999)),
                "bank_number_format": "iban",
                "company_identifier": format!("B-{number:04}"),
                "legal_entity_id": (id + 21).to_string(),
                "manager_id": (number > 0).then(|| EMPLOYEES.to_string()),
            });
            company = company.employee(EMPLOYEES + number, first, last, members);
        }
        for number in 0..u64::from(amounts.teams) {
            let members: Vec<u64> = (0..u64::from(amounts.employees))
                .filter(|employee| employee % u64::from(amounts.teams) == number)
                .map(|employee| EMPLOYEES + employee)
                .collect();
            let name = TEAMS
                .iter()
                .cycle()
                .nth(usize::try_from(number).unwrap_or_default());
            company = company.team(TEAM_IDS + number, name.unwrap_or(&"Team"), &members);
        }
        let people = u64::from(amounts.employees).max(1);
        for number in 0..u64::from(amounts.leaves) {
            let (start, finish) = (
                format!("2026-12-{:02}", 1 + number % 20),
                format!("2026-12-{:02}", 3 + number % 20),
            );
            company = company.leave(
                FIRST_ID * 10 + 5000 + number,
                EMPLOYEES + number % people,
                &start,
                &finish,
            );
        }
        for number in 0..u64::from(amounts.shifts) {
            let clock_in = format!("2026-11-{:02}T09:00:00", 1 + number % 20);
            company = company.shift(
                FIRST_ID * 10 + 7000 + number,
                EMPLOYEES + 1 + number % (people - 1).max(1),
                &clock_in,
            );
        }
        company
    }

    /// The id of the first employee of a generated company; the others follow.
    pub const FIRST_EMPLOYEE: u64 = EMPLOYEES;
}

fn pick<'a>(random: &mut Rng, from: &[&'a str]) -> &'a str {
    from[random.usize(..from.len())]
}
