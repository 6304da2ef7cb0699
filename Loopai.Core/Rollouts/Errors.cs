using Loopai.Core.Errors;

namespace Loopai.Core.Rollouts;

internal static class RolloutErrors
{
    public static NotFoundException NotFound(Guid id) => new("rollout.not_found", $"This task has no rollout {id}.");

    public static ConflictException Running(int version) =>
        new("rollout.running", $"Version {version} is being rolled out already. Wait until it has ended, or end it.");

    public static ConflictException NothingToReplace() =>
        new("rollout.no_active_version", "No version answers this task, so there is nothing to move from. Activate the version instead.");

    public static ConflictException AlreadyActive(int version) => new("rollout.already_active", $"Version {version} answers the task already.");

    public static ConflictException Over() => new("rollout.over", "This rollout has ended. Start another one.");

    public static ChangedMeanwhileException ChangedMeanwhile() =>
        new("rollout.changed_meanwhile", "This rollout moved on at the same moment. Look at it again and repeat.");
}
