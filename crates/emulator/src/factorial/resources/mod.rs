//! The operations, one file a resource.

mod credentials;
mod documents;
mod employees;
mod leaves;
mod legal_entities;
mod multipart;
mod shifts;
mod teams;

use super::api::call::{Call, Outcome};
use super::routes::Operation;

pub(crate) use documents::download;

/// Calls an operation.
#[rustfmt::skip] // one operation a line
pub(crate) fn dispatch(operation: Operation, call: &mut Call<'_>) -> Outcome {
    use Operation as Op;
    match operation {
        Op::ListCredentials => credentials::list(call),
        Op::ListLegalEntities => legal_entities::list(call),
        Op::ListEmployees => employees::list(call),
        Op::GetEmployee => employees::get(call),
        Op::CreateEmployee => employees::create(call),
        Op::InviteEmployee => employees::invite(call),
        Op::UpdateEmployee => employees::update(call),
        Op::ListTeams => teams::list(call),
        Op::GetTeam => teams::get(call),
        Op::CreateTeam => teams::create(call),
        Op::UpdateTeam => teams::update(call),
        Op::DeleteTeam => teams::delete(call),
        Op::ListLeaves => leaves::list(call),
        Op::GetLeave => leaves::get(call),
        Op::CreateLeave => leaves::create(call),
        Op::ApproveLeave => leaves::decide(call, true),
        Op::RejectLeave => leaves::decide(call, false),
        Op::ListShifts => shifts::list(call),
        Op::GetShift => shifts::get(call),
        Op::ClockIn => shifts::clock_in(call),
        Op::ClockOut => shifts::clock_out(call),
        Op::ListDocuments => documents::list(call),
        Op::GetDocument => documents::get(call),
        Op::CreateDocument => documents::create(call),
        Op::CreateDownloadUrls => documents::download_urls(call),
    }
}
