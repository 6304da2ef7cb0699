using Loopai.Core.Access;
using Loopai.Core.Errors;

namespace Loopai.Core.Experiments;

/// <summary>
/// What it takes to let a winner act by itself. It decides, and puts a version into service for everybody: so only who may do both by hand plans or starts such an
/// experiment, and there are floors under what it goes by.
/// </summary>
internal static class WinnerRules
{
    /// <summary>More false winners than one in ten are nothing to leave to a machine.</summary>
    private const double MaxAlpha = 0.1;

    private const double LeastDays = 1;
    private const double LeastCoolDownHours = 1;

    /// <summary>Whether the caller may let the experiment's winner act.</summary>
    public static bool MayLet(Caller caller, Experiment experiment) =>
        caller.May(Permissions.ExperimentsDecide, experiment.TaskId) && caller.May(Permissions.ProgramsActivate, experiment.TaskId)
        && (experiment.AutomaticWinner?.Rollout is null || caller.May(Permissions.RolloutsWrite, experiment.TaskId));

    /// <exception cref="ForbiddenException">The experiment's winner acts by itself, and the caller could not do by hand what it does.</exception>
    public static void Demand(Caller caller, Experiment experiment)
    {
        if (experiment.AutomaticWinner is not null)
        {
            caller.Demand(Permissions.ExperimentsDecide, experiment.TaskId);
            caller.Demand(Permissions.ProgramsActivate, experiment.TaskId);
        }

        if (experiment.AutomaticWinner is { Rollout: not null })
        {
            caller.Demand(Permissions.RolloutsWrite, experiment.TaskId);
        }
    }

    /// <summary>The floors. Loopai's own experiments, such as those of a demo that tells of weeks within a minute, know what they do.</summary>
    public static void Check(Caller caller, Experiment experiment, FieldErrors errors)
    {
        if (caller.Kind == CallerKind.System || experiment.AutomaticWinner is not { } winner)
        {
            return;
        }

        errors
            .AddIf(experiment.Plan.Alpha > MaxAlpha, "plan.alpha", "A winner acts by itself at an alpha of at most 0.1. Take a smaller one, or decide by hand.")
            .AddIf(experiment.Plan.MinDays < LeastDays, "plan.minDays", "A winner acts by itself after 1 day at least. Let it run longer, or decide by hand.")
            .AddIf(winner.CoolDownHours < LeastCoolDownHours, "automaticWinner.coolDownHours", "A winner stays one for 1 hour at least before it acts, so that somebody can stop it.");
    }
}
