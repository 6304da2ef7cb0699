using Radzen;

namespace Loopai.Portal.Components.Dialogs;

public enum DialogWidth
{
    Small = 420,
    Medium = 560,
    Large = 800,
    Wide = 1080,
}

/// <summary>Opens a component as a dialog with a typed answer; Radzen's <c>dynamic</c> stays in here.</summary>
/// <remarks>A dialog closes itself with <c>Dialogs.Close(result)</c> and has a static <c>OpenAsync</c> that calls this.</remarks>
public static class DialogOpener
{
    public static async Task<TResult?> OpenAsync<TDialog, TResult>(
        this DialogService dialogs, string title, Dictionary<string, object?> parameters, DialogWidth width = DialogWidth.Medium)
        where TDialog : ComponentBase
    {
        var options = new DialogOptions
        {
            Width = $"{(int)width}px",
            CloseDialogOnEsc = true,
            CloseDialogOnOverlayClick = false,
            AutoFocusFirstElement = true,
            CloseAriaLabel = "Close",
        };
        object? answer = await dialogs.OpenAsync<TDialog>(title, parameters, options);
        return answer is TResult result ? result : default;
    }
}
