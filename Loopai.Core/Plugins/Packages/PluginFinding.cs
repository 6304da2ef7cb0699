namespace Loopai.Core.Plugins.Packages;

/// <summary>How much a finding weighs.</summary>
public enum FindingSeverity
{
    /// <summary>Good to know.</summary>
    Note,

    /// <summary>Does not stop a version, and is shown to whoever installs it.</summary>
    Warning,

    /// <summary>Stops the version.</summary>
    Error,
}

/// <summary>Something that was found in a package.</summary>
/// <param name="Rule">Stable name of the rule: <c>package.path-traversal</c>.</param>
/// <param name="Severity">How much it weighs.</param>
/// <param name="Message">What was found.</param>
/// <param name="Mend">What the author does about it.</param>
/// <param name="File">The file in the package; null for the package as a whole.</param>
/// <param name="Line">The line, from 1, where there is one.</param>
/// <param name="Pointer">The place in a JSON file, as a JSON pointer.</param>
public sealed record PluginFinding(string Rule, FindingSeverity Severity, string Message, string Mend, string? File = null, int? Line = null, string? Pointer = null)
{
    public static PluginFinding Error(string rule, string message, string mend, string? file = null, int? line = null, string? pointer = null) =>
        new(rule, FindingSeverity.Error, message, mend, file, line, pointer);
}
