using Loopai.Core.Tasks;
using Radzen;

namespace Loopai.Portal.Pages.Tasks;

/// <summary>The questions that stand before something is taken out of service.</summary>
internal static class TaskConfirmations
{
    public static Task<bool> ArchiveAsync(DialogService dialogs, TaskDefinition task) => ConfirmDialog.OpenAsync(
        dialogs, $"Archive {task.Name}?",
        "Every call to this task is refused from then on, also those that run in production now. Its versions, examples and executions stay, and you can restore it.",
        "Archive task", danger: true);
}
