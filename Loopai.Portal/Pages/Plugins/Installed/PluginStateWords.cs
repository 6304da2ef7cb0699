using Loopai.Core.Plugins.Installations;
using Loopai.Core.Plugins.Packages;

namespace Loopai.Portal.Pages.Plugins.Installed;

/// <summary>How installed plugins and their verdicts are spoken of.</summary>
internal static class PluginStateWords
{
    public static string Of(PluginState state) => state switch
    {
        PluginState.On => "on",
        PluginState.Off => "off",
        PluginState.Upgrading => "upgrading",
        PluginState.Quarantined => "in quarantine",
        _ => throw new ArgumentOutOfRangeException(nameof(state), state, null),
    };

    public static Tone ToneOf(PluginState state) => state switch
    {
        PluginState.On => Tone.Good,
        PluginState.Off => Tone.Neutral,
        PluginState.Upgrading => Tone.Warn,
        PluginState.Quarantined => Tone.Bad,
        _ => throw new ArgumentOutOfRangeException(nameof(state), state, null),
    };

    public static string Of(PluginKind kind) => kind switch
    {
        PluginKind.Validator => "Validator",
        PluginKind.Sampler => "Sampler",
        PluginKind.WebhookHandler => "Webhook handler",
        _ => throw new ArgumentOutOfRangeException(nameof(kind), kind, null),
    };

    public static Tone ToneOf(VerdictKind verdict) => verdict switch
    {
        VerdictKind.Pass => Tone.Good,
        VerdictKind.Fail => Tone.Bad,
        VerdictKind.Unknown => Tone.Neutral,
        VerdictKind.Error => Tone.Warn,
        _ => throw new ArgumentOutOfRangeException(nameof(verdict), verdict, null),
    };

    public static string Of(VerdictKind verdict) => verdict switch
    {
        VerdictKind.Pass => "pass",
        VerdictKind.Fail => "fail",
        VerdictKind.Unknown => "unknown",
        VerdictKind.Error => "error",
        _ => throw new ArgumentOutOfRangeException(nameof(verdict), verdict, null),
    };
}
