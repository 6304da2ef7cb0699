namespace Loopai.Portal.Components.Inputs;

/// <param name="Value">What the URL or the model holds.</param>
/// <param name="Label">What people read.</param>
public sealed record Option(string Value, string Label)
{
    public static IReadOnlyList<Option> Of(params ReadOnlySpan<string> values)
    {
        var options = new List<Option>();
        foreach (var value in values)
        {
            options.Add(new Option(value, value));
        }

        return options;
    }
}
