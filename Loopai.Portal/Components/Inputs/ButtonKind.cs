namespace Loopai.Portal.Components.Inputs;

public enum ButtonKind
{
    Normal,
    Primary,
    Danger,
    Ghost,
}

internal static class ButtonKinds
{
    public static string Css(this ButtonKind kind) => kind switch
    {
        ButtonKind.Normal => "",
        ButtonKind.Primary => "primary",
        ButtonKind.Danger => "danger",
        ButtonKind.Ghost => "ghost",
    };
}
