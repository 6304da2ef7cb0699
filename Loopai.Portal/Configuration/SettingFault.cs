namespace Loopai.Portal.Configuration;

/// <summary>One thing that is wrong with the configuration, said so that it can be mended.</summary>
/// <param name="Setting">The setting's full name, such as <c>Portal:Url</c>.</param>
/// <param name="Value">What it is now; null when it should not be there at all.</param>
/// <param name="Mend">What to do, beginning with a verb.</param>
public sealed record SettingFault(string Setting, string? Value, string Mend)
{
    // A connection string may hold a password, and messages end in logs.
    private bool IsSecret => Setting.EndsWith("ConnectionString", StringComparison.OrdinalIgnoreCase);

    /// <summary>The line an operator reads.</summary>
    public override string ToString() => Value switch
    {
        null => $"{Setting} is not a setting: {Mend}.",
        "" => $"{Setting} is empty: {Mend}. {Where}",
        _ => $"{Setting} is {(IsSecret ? "set" : $"\"{Value}\"")}: {Mend}. {Where}",
    };

    private string Where => $"(appsettings.json, environment variable {Setting.Replace(":", "__", StringComparison.Ordinal)}, or argument --{Setting})";
}
