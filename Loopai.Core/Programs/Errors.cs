using Loopai.Core.Errors;

namespace Loopai.Core.Programs;

internal static class ProgramErrors
{
    public static NotFoundException NotFound(int version) => new("program.not_found", $"This task has no version {version}.");

    public static NotFoundException JobNotFound(Guid id) => new("generation.not_found", $"This task has no generation job {id}.");

    public static UnavailableException SandboxUnavailable(ProgramLanguage language, string? reason) =>
        new("program.sandbox_unavailable", $"{language} programs cannot run here: {reason ?? "the sandbox is not available."}");

    public static InvalidException DoesNotLoad(string? error) =>
        new("program.does_not_load", "code", $"The program does not load: {error ?? "the sandbox gave no reason."}");

    public static ConflictException Draft(int version, string why) =>
        new("program.draft", $"Version {version} is a draft: {why} Mend it in a new version, or activate this one with \"force\": true.");

    public static ConflictException ActivatedMeanwhile() =>
        new("program.activated_meanwhile", "Somebody else changed or activated a version of this task at the same moment. Look at the task again and repeat.");

    public static ConflictException GenerationRunning(Guid id) =>
        new("generation.running", $"A version of this task is being generated already (job {id}). Wait for it to finish, or cancel it.");

    public static ConflictException GenerationOver(GenerationJob job) =>
        new("generation.over", job.Version is { } made ? $"This job is over: it made version {made}." : "This job is over: it failed, and made no version.");

    public static ConflictException NothingToLearnFrom() =>
        new("generation.no_examples", "This task has no examples that programs may learn from. Send some to its examples first.");

    public static ChangedMeanwhileException ChangedMeanwhile() =>
        new("program.changed_meanwhile", "Somebody else changed this version since you read it. Read it again and repeat your change.");
}
