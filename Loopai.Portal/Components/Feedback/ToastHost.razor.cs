using System.Collections.Specialized;
using Radzen;

namespace Loopai.Portal.Components.Feedback;

public sealed partial class ToastHost
{
    private readonly CancellationTokenSource closing = new();

    [Inject] private TimeProvider Clock { get; set; } = null!;

    public void Dispose()
    {
        Notifications.Messages.CollectionChanged -= OnChanged;
        closing.Cancel();
        closing.Dispose();
    }

    protected override void OnInitialized() => Notifications.Messages.CollectionChanged += OnChanged;

    private static string Css(NotificationSeverity severity) => severity switch
    {
        NotificationSeverity.Success => "good",
        NotificationSeverity.Warning => "warn",
        NotificationSeverity.Error => "bad",
        _ => "",
    };

    private static string Glyph(NotificationSeverity severity) => severity switch
    {
        NotificationSeverity.Success => "check-circle",
        NotificationSeverity.Warning => "alert-triangle",
        NotificationSeverity.Error => "circle-alert",
        _ => "info",
    };

    private void OnChanged(object? sender, NotifyCollectionChangedEventArgs change)
    {
        foreach (var message in change.NewItems?.OfType<NotificationMessage>() ?? [])
        {
            if (message.Duration is > 0)
            {
                _ = RemoveLaterAsync(message, TimeSpan.FromMilliseconds(message.Duration.Value));
            }
        }

        _ = InvokeAsync(StateHasChanged);
    }

    private async Task RemoveLaterAsync(NotificationMessage message, TimeSpan after)
    {
        try
        {
            await Task.Delay(after, Clock, closing.Token);
            await InvokeAsync(() => Notifications.Messages.Remove(message));
        }
        catch (OperationCanceledException)
        {
            // The circuit ended before the message did.
        }
    }
}
