using System.Net;
using System.Net.Sockets;

namespace Loopai.Core.Schemas.Formats;

/// <summary>The formats that can be asserted.</summary>
internal static class FormatChecks
{
    private static readonly Dictionary<string, FormatCheck> All = new(StringComparer.Ordinal)
    {
        ["uuid"] = text => text.Length == 36 && Guid.TryParseExact(text, "D", out _),
    };

    public static FormatCheck Get(string format) => All.GetValueOrDefault(format, _ => true);
}
