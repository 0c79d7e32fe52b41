//! What a shift is created with or changed to.

use attache_core::{Date, LocalTime};

use super::{PositionId, ShiftTypeId, Wage};
use crate::{
    hr::{DepartmentId, EmployeeGroupId, EmployeeId, SkillId},
    model::request,
};

request! {
    /// What a shift is created with.
    ///
    /// # Examples
    ///
    /// ```
    /// use attache_planday::{Date, LocalTime, hr::{DepartmentId, EmployeeGroupId}, scheduling::CreateShift};
    ///
    /// let date: Date = "2026-11-21".parse()?;
    /// let night = CreateShift::new(DepartmentId(1), EmployeeGroupId(301), date)
    ///     .start_time("22:00".parse::<LocalTime>()?)
    ///     .end_time("06:00".parse::<LocalTime>()?)
    ///     .comment("bring keys");
    /// assert_eq!((night.employee_id, night.is_draft), (None, None));
    /// # Ok::<(), Box<dyn std::error::Error>>(())
    /// ```
    pub struct CreateShift {
        required {
            /// The department.
            department_id: DepartmentId = "departmentId";
            /// The employee group.
            employee_group_id: EmployeeGroupId = "employeeGroupId";
            /// The day on which it begins.
            date: Date = "date";
        }
        preset {
            /// Whether it may overlap with others of the same employee; not unless set.
            allow_conflicts: bool = "allowConflicts", false;
            /// Whether the portal's rules of breaks apply; not unless set.
            use_breaks: bool = "useBreaks", false;
        }
        optional {
            /// When it begins, on a clock in its time zone. In whole minutes: one with seconds is refused.
            start_time: LocalTime = "startTime";
            /// When it ends; the next day, if that is not later than the beginning. At most 24 hours. In
            /// whole minutes: one with seconds is refused.
            end_time: LocalTime = "endTime";
            /// Its time zone; that of the department unless set. Whether an IANA or a Windows name is meant is not
            /// documented.
            time_zone: String = "timeZone";
            /// Who gets it; it is open unless set. An employee outside of the department or the group is taken as
            /// well, and gets no wage for it.
            employee_id: EmployeeId = "employeeId";
            /// The position.
            position_id: PositionId = "positionId";
            /// The shift type.
            shift_type_id: ShiftTypeId = "shiftTypeId";
            /// The wage where no other rule sets one.
            default_wage: Wage = "defaultWage";
            /// A comment.
            comment: String = "comment";
            /// Skills that it asks for.
            skill_ids: Vec<SkillId> = "skillIds";
            /// Whether it is not published yet.
            is_draft: bool = "isDraft";
        }
    }
}

request! {
    /// What a shift is changed to. What Planday does with members that are left out is documented for
    /// [`is_draft`](field@Self::is_draft) only: to be sure of the others, set them all.
    pub struct UpdateShift {
        required {
            /// The employee group.
            employee_group_id: EmployeeGroupId = "employeeGroupId";
            /// The day on which it begins.
            date: Date = "date";
        }
        preset {
            /// Whether it may overlap with others of the same employee; not unless set.
            allow_conflicts: bool = "allowConflicts", false;
            /// Whether the portal's rules of breaks apply; not unless set.
            use_breaks: bool = "useBreaks", false;
        }
        patch {
            /// When it begins, on a clock in its time zone. In whole minutes: one with seconds is refused.
            start_time: LocalTime = "startTime";
            /// When it ends; the next day, if that is not later than the beginning. At most 24 hours. In
            /// whole minutes: one with seconds is refused.
            end_time: LocalTime = "endTime";
            /// Its time zone; that of the department unless set. Whether an IANA or a Windows name is meant is not
            /// documented.
            time_zone: String = "timeZone";
            /// Who gets it. [`Shifts::assign`](super::Shifts::assign) changes nothing else.
            employee_id: EmployeeId = "employeeId";
            /// The position.
            position_id: PositionId = "positionId";
            /// The shift type.
            shift_type_id: ShiftTypeId = "shiftTypeId";
            /// The wage where no other rule sets one.
            default_wage: Wage = "defaultWage";
            /// A comment.
            comment: String = "comment";
            /// Skills that it asks for.
            skill_ids: Vec<SkillId> = "skillIds";
            /// Whether it is not published yet; as it was, if left out.
            is_draft: bool = "isDraft";
        }
    }
}
