namespace Loopai.Portal.Components.Feedback;

public enum Tone
{
    Neutral,
    Good,
    Warn,
    Bad,
    Accent,
}

internal static class Tones
{
    public static string Css(this Tone tone) => tone switch
    {
        Tone.Neutral => "",
        Tone.Good => "good",
        Tone.Warn => "warn",
        Tone.Bad => "bad",
        Tone.Accent => "accent",
    };
}
