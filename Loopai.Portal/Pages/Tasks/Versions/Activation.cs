using Loopai.Core.Access;
using Loopai.Core.Errors;
using Loopai.Core.Programs;
using Loopai.Core.Tasks;
using Radzen;

namespace Loopai.Portal.Pages.Tasks.Versions;

/// <summary>Asks before a version starts to answer traffic, and says what changes by it.</summary>
internal static class Activation
{
    /// <summary>Whether the version was activated.</summary>
    public static async Task<bool> AskAsync(DialogService dialogs, ProgramService programs, Toasts toasts, Caller caller, TaskDefinition task, ProgramSummary version)
    {
        var isDraft = version.Status == ProgramStatus.Draft;
        var isBack = task.ActiveVersion is { } active && version.Version < active;
        var (title, action) = isBack ? ($"Roll back to version {version.Version}?", "Roll back") : ($"Activate version {version.Version}?", "Activate");
        var confirmed = await ConfirmDialog.OpenAsync(
            dialogs, title, Consequence(task, version, isDraft), isDraft ? action + " the draft" : action, danger: isDraft);
        if (!confirmed)
        {
            return false;
        }

        try
        {
            await programs.ActivateAsync(caller, task.Id, version.Version, force: isDraft, CancellationToken.None);
            toasts.Success($"Version {version.Version} answers {task.Name}", "Every portal knows within a second.");
            return true;
        }
        catch (LoopaiException e)
        {
            toasts.Failed(e);
            return false;
        }
    }

    private static string Consequence(TaskDefinition task, ProgramSummary version, bool isDraft)
    {
        var now = task.ActiveVersion is { } active
            ? $"Calls that name no version go to version {version.Version} instead of version {active}, at once and in every environment. Version {active} stays, and you can go back to it."
            : $"Calls that name no version are answered by version {version.Version} from now on, in every environment.";
        return isDraft
            ? $"Version {version.Version} is a draft: it failed on examples, or there was nothing to try it on. {now}"
            : $"{now} Measured accuracy: {Format.Percent(version.Accuracy)}.";
    }
}
