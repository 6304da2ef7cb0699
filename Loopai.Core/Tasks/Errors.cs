using Loopai.Core.Errors;

namespace Loopai.Core.Tasks;

internal static class TaskErrors
{
    public static NotFoundException NotFound(Guid id) => new("task.not_found", $"There is no task {id} in this organization.");

    public static ConflictException NameTaken(string name) =>
        new("task.name_taken", $"A task named '{name}' exists with another specification. Choose another name, or change that task.");

    public static InvalidException NoSuchTeam(Guid id) => new("task.invalid", "teamId", $"There is no team {id} in this organization.");

    public static ConflictException Archived(string name) =>
        new("task.archived", $"The task '{name}' is archived and takes no executions or changes. Restore it first.");

    public static ChangedMeanwhileException ChangedMeanwhile() =>
        new("task.changed_meanwhile", "Somebody else changed this task since you read it. Read it again and repeat your change.");
}
