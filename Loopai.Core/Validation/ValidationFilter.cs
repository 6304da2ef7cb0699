using System.Linq.Expressions;
using System.Text.Json;
using Loopai.Core.Access;

namespace Loopai.Core.Validation;

/// <summary>Which validations a list shows; null leaves a side open.</summary>
/// <param name="From">Executed at or after.</param>
/// <param name="To">Executed before.</param>
/// <param name="EnvironmentId">The environment; null for the caller's own.</param>
/// <param name="Expected">What was right, as canonical JSON.</param>
public sealed record ValidationFilter(
    Guid? TaskId = null, int? Version = null, ValidationStatus? Status = null, string? SampledBy = null, string? DecidedBy = null,
    DateTimeOffset? From = null, DateTimeOffset? To = null, Guid? EnvironmentId = null, string? Expected = null)
{
    internal IQueryable<ValidationRecord> Apply(IQueryable<ValidationRecord> validations, Caller caller)
    {
        Check();
        validations = When(validations, EnvironmentScope.Of(caller, EnvironmentId), id => v => v.EnvironmentId == id);
        validations = When(validations, TaskId, id => v => v.TaskId == id);
        validations = When(validations, Version, version => v => v.Version == version);
        validations = When(validations, Status, status => v => v.Status == status);
        validations = When(validations, From?.ToUniversalTime(), from => v => v.ExecutedAt >= from);
        validations = When(validations, To?.ToUniversalTime(), to => v => v.ExecutedAt < to);
        validations = Expected is null ? validations : validations.Where(v => v.Expected == Expected);
        validations = SampledBy is null ? validations : validations.Where(v => v.SampledBy == SampledBy);
        return DecidedBy is null ? validations : validations.Where(v => v.DecidedBy == DecidedBy);
    }

    private void Check()
    {
        if (SampledBy is not null && !Validation.SampledBy.All.Contains(SampledBy))
        {
            throw ValidationErrors.UnknownWord("sampledBy", SampledBy, Validation.SampledBy.All);
        }

        if (DecidedBy is not null && !Validation.DecidedBy.All.Contains(DecidedBy))
        {
            throw ValidationErrors.UnknownWord("decidedBy", DecidedBy, Validation.DecidedBy.All);
        }
    }

    private static IQueryable<ValidationRecord> When<T>(
        IQueryable<ValidationRecord> validations, T? value, Func<T, Expression<Func<ValidationRecord, bool>>> condition)
        where T : struct => value is { } given ? validations.Where(condition(given)) : validations;
}

/// <summary>A verdict on one execution: exactly one of <paramref name="Match"/> and <paramref name="Expected"/>.</summary>
/// <param name="Match">Whether the program's answer is right.</param>
/// <param name="Expected">The right answer.</param>
/// <param name="AddExample">Whether the right answer becomes a labelled example of the task, unless the input has one.</param>
public sealed record Verdict(bool? Match = null, JsonElement? Expected = null, bool AddExample = false);

/// <summary>A validation with what is needed to judge it.</summary>
/// <param name="Validation">The validation.</param>
/// <param name="TaskName">The task's name.</param>
/// <param name="Input">The execution's input as JSON; null when the execution is past its retention.</param>
/// <param name="Output">The program's answer as JSON; null when it gave none.</param>
/// <param name="Classes">The answers there are to choose from, as JSON; null when the output schema leaves more open.</param>
public sealed record ValidationDetail(ValidationRecord Validation, string TaskName, string? Input, string? Output, IReadOnlyList<string>? Classes);

/// <summary>Which environment a caller is shown.</summary>
internal static class EnvironmentScope
{
    /// <summary>The environment asked for, or else the caller's own; a key, and who holds the permission in one environment, sees that one only. Null, for a caller in none, shows all.</summary>
    public static Guid? Of(Caller caller, Guid? asked) => asked is null || asked == caller.EnvironmentIdOrNull ? caller.EnvironmentIdOrNull
        : caller.ReachesOtherEnvironments(Permissions.ValidationsRead) ? asked
        : throw ValidationErrors.ForeignEnvironment();
}
