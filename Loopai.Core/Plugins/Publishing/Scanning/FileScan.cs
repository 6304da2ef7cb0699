using System.Text;
using System.Text.RegularExpressions;
using Loopai.Core.Plugins.Packages;

namespace Loopai.Core.Plugins.Publishing.Scanning;

/// <summary>What is seen without parsing: native code by its first bytes, characters that nobody sees, and lines that nobody reads.</summary>
internal static partial class FileScan
{
    private const int MaxLine = 2000;
    private static readonly string[] Code = [".py", ".js", ".cjs", ".mjs"];
    private static readonly string[] Texts = [.. Code, ".json", ".md", ".txt", ".yml", ".yaml", ".toml", ".ini", ".cfg", ".env", ".pem", ".key", ""];
    private static readonly string[] NativeEndings = [".node", ".so", ".pyd", ".dll", ".dylib", ".exe", ".wasm", ".jar", ".class", ".pyc", ".pyo", ".o", ".a", ".sh", ".bat", ".ps1", ".cmd", ".com", ".msi"];

    private static readonly byte[][] NativeMagics =
    [
        [0x7F, 0x45, 0x4C, 0x46], "MZ"u8.ToArray(), [0xFE, 0xED, 0xFA, 0xCE], [0xFE, 0xED, 0xFA, 0xCF], [0xCE, 0xFA, 0xED, 0xFE], [0xCF, 0xFA, 0xED, 0xFE], [0xCA, 0xFE, 0xBA, 0xBE],
        [0x00, 0x61, 0x73, 0x6D], "!<arch>"u8.ToArray(), "#!"u8.ToArray(),
    ];

    public static IEnumerable<PluginFinding> Run(string path, ReadOnlyMemory<byte> bytes)
    {
        var ending = Path.GetExtension(path).ToLowerInvariant();
        if (NativeEndings.Contains(ending, StringComparer.Ordinal) || NativeMagics.Any(magic => bytes.Span.StartsWith(magic)))
        {
            yield return PluginFinding.Error("code.native", $"'{path}' is a program of the machine, or a script for its shell.", ScanRules.Mend("code.native"), path);
            yield break;
        }

        if (!Texts.Contains(ending, StringComparer.Ordinal))
        {
            yield break;
        }

        var text = Encoding.UTF8.GetString(bytes.Span);
        foreach (var found in SecretScan.Run(path, text))
        {
            yield return found;
        }

        if (Bidi().Match(text) is { Success: true } bidi)
        {
            yield return PluginFinding.Error("obfuscation.bidi", "A character turns the direction of the text, so that it reads otherwise than it runs.", "Take it out.", path, LineOf(text, bidi.Index));
        }

        if (!Code.Contains(ending, StringComparer.Ordinal))
        {
            yield break;
        }

        if (Invisible().Match(text, text.StartsWith('\uFEFF') ? 1 : 0) is { Success: true } invisible)
        {
            yield return PluginFinding.Error("obfuscation.invisible", "There is a character that nobody sees.", "Take it out, or write it as an escape.", path, LineOf(text, invisible.Index));
        }

        if (LineBreaks().Match(text) is { Success: true } broken)
        {
            yield return PluginFinding.Error(
                "obfuscation.line-break", "A character ends a line for some readers and not for others, so that a comment can look like code, or code like a comment.",
                "End lines with a line feed; within a text, write the character as an escape.", path, LineOf(text, broken.Index));
        }

        if (Escapes().Match(text) is { Success: true } escapes)
        {
            yield return PluginFinding.Error("obfuscation.escapes", "A text is written in escapes alone, so that nobody can read it.", "Write the text itself.", path, LineOf(text, escapes.Index));
        }

        foreach (var number in text.Split('\n').Select((line, at) => (line.Length, Number: at + 1)).Where(l => l.Length > MaxLine).Select(l => l.Number).Take(1))
        {
            yield return PluginFinding.Error("obfuscation.long-line", $"A line has more than {MaxLine} characters; nobody can review it.", "Publish the source as it was written, not minified; put data into a .json file.", path, number);
        }
    }

    private static int LineOf(string text, int index) => 1 + text.AsSpan(0, index).Count('\n');

    [GeneratedRegex("[\u202A-\u202E\u2066-\u2069]", RegexOptions.NonBacktracking)]
    private static partial Regex Bidi();

    /// <summary>A joiner between letters of scripts and emoji that need it is honest; between ASCII it is not.</summary>
    [GeneratedRegex("[\u00AD\u034F\u115F\u1160\u17B4\u17B5\u180E\u200B\u2060-\u2064\u3164\uFEFF\uFFA0]|\uDB40[\uDC00-\uDFFF]|[\0-\x7F][\u200C\u200D]|[\u200C\u200D][\0-\x7F]", RegexOptions.NonBacktracking)]
    private static partial Regex Invisible();

    /// <summary>A carriage return alone, NEL, U+2028 and U+2029; a form feed only behind what can be seen, or between indentation and code: on a line of its own it is honest.</summary>
    [GeneratedRegex("[\u0085\u2028\u2029]|\r[^\n]|\r\\z|[^ \t\f\n][^\n]*\f|[ \t]\f[ \t\f]*[^ \t\f\r\n]", RegexOptions.NonBacktracking)]
    private static partial Regex LineBreaks();

    [GeneratedRegex(@"(\\x[0-9A-Fa-f]{2}|\\u[0-9A-Fa-f]{4}|\\u\{[0-9A-Fa-f]+\}|\\[0-7]{3}){24,}", RegexOptions.ExplicitCapture | RegexOptions.NonBacktracking)]
    private static partial Regex Escapes();
}
