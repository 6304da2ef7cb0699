using System.Diagnostics;
using Microsoft.AspNetCore.Components.Routing;

namespace Loopai.Portal.Shell;

/// <summary>Keeps the shell standing when a page throws, and ties what the viewer sees to the log by a trace id.</summary>
public sealed partial class PortalErrorBoundary
{
    private string traceId = "";

    [Inject] private ILogger<PortalErrorBoundary> Logger { get; set; } = null!;

    [Inject] private NavigationManager Location { get; set; } = null!;

    private LoadFailure Shown => new("This page stopped working", "Nothing you saved is lost. Try again; if it stays, give your administrator the trace id.", traceId);

    public void Dispose() => Location.LocationChanged -= OnMoved;

    protected override void OnInitialized() => Location.LocationChanged += OnMoved;

    protected override Task OnErrorAsync(Exception exception)
    {
        traceId = Activity.Current?.TraceId.ToHexString() ?? ActivityTraceId.CreateRandom().ToHexString();
        Logger.LogError(exception, "A page failed, trace {TraceId}", traceId);
        return Task.CompletedTask;
    }

    private void OnMoved(object? sender, LocationChangedEventArgs moved) => Recover();
}
