using Radzen;

namespace Loopai.Portal.Components.Feedback;

/// <summary>Says in passing what came of an action. Failures stay until they are dismissed.</summary>
public sealed class Toasts(NotificationService notifications)
{
    private const double Brief = 5_000;
    private const double UntilDismissed = 0;

    public void Success(string text, string? detail = null) => Say(NotificationSeverity.Success, text, detail, Brief);

    public void Info(string text, string? detail = null) => Say(NotificationSeverity.Info, text, detail, Brief);

    public void Warn(string text, string? detail = null) => Say(NotificationSeverity.Warning, text, detail, 2 * Brief);

    public void Error(string text, string? detail = null) => Say(NotificationSeverity.Error, text, detail, UntilDismissed);

    public void Failed(Exception error)
    {
        var failure = LoadFailure.Of(error);
        Error(failure.Title, failure.TraceId is null ? failure.Advice : $"{failure.Advice} ({failure.TraceId})");
    }

    private void Say(NotificationSeverity severity, string text, string? detail, double duration) =>
        notifications.Notify(new NotificationMessage { Severity = severity, Summary = text, Detail = detail ?? "", Duration = duration });
}
