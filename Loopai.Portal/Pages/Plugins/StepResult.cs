using System.Text.Json;
using Loopai.Core.Plugins.Publishing;
using Loopai.Portal.Components.Feedback;
using Loopai.Portal.Pages.Plugins.Publishing;

namespace Loopai.Portal.Pages.Plugins;

/// <summary>What a step of the pipeline said of a version, as it is kept with it.</summary>
/// <param name="State">How it ended.</param>
/// <param name="At">When.</param>
/// <param name="Log">What it did.</param>
/// <param name="Findings">What it found, and let pass.</param>
internal sealed record StepResult(string State, DateTimeOffset? At, string? Log, IReadOnlyList<StepResult.Finding>? Findings)
{
    /// <summary>Null where it is told in another way.</summary>
    public static StepResult? Read(string json)
    {
        try
        {
            return JsonSerializer.Deserialize<StepResult>(json, JsonSerializerOptions.Web) is { State: not null } result ? result : null;
        }
        catch (JsonException)
        {
            return null;
        }
    }

    public string Word => Ended is { } ended ? PublishingWords.Of(ended) : State.ToLowerInvariant();

    public Tone Tone => Ended is { } ended ? PublishingWords.ToneOf(ended) : Tone.Warn;

    private PluginStepState? Ended => Enum.TryParse<PluginStepState>(State, ignoreCase: true, out var state) && Enum.IsDefined(state) ? state : null;

    internal sealed record Finding(string? Rule, string? Message, string? File, int? Line);
}
