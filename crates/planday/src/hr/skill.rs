//! A skill.

use super::SkillId;
use crate::model::record;

record! {
    /// Something that employees can do and that shifts ask for.
    pub struct Skill {
        /// Its id.
        id: SkillId = "skillId";
        /// Its name.
        name: String = "name";
        /// What it is.
        description: Option<String> = "description";
        /// Whether an employee has it for a while only. Such a skill cannot be given by
        /// [`skill_ids`](super::UpdateEmployee::skill_ids) alone.
        is_time_limited: Option<bool> = "isTimeLimited";
    }
}
