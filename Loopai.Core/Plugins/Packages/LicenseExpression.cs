using System.Text.RegularExpressions;
using Loopai.Core.Text;

namespace Loopai.Core.Plugins.Packages;

/// <summary>A licence in SPDX's language: <c>MIT</c>, <c>MIT OR Apache-2.0</c>, <c>GPL-2.0-only WITH Classpath-exception-2.0</c>, <c>LicenseRef-ours</c>.</summary>
/// <param name="Ids">The licences it names.</param>
/// <param name="IsPermissive">Whether one may choose only permissive ones.</param>
/// <param name="RefersToText">Whether the terms stand in a file of the package alone.</param>
public sealed partial record LicenseExpression(IReadOnlyList<string> Ids, bool IsPermissive, bool RefersToText)
{
    private static readonly string[] Permissive =
    [
        "MIT", "MIT-0", "Apache-2.0", "BSD-2-Clause", "BSD-3-Clause", "BSD-3-Clause-Clear", "0BSD", "ISC", "Zlib", "Unlicense", "CC0-1.0", "BSL-1.0", "PostgreSQL", "Python-2.0",
        "PSF-2.0", "X11", "NCSA", "BlueOak-1.0.0", "Artistic-2.0", "WTFPL", "CC-BY-4.0", "MS-PL", "UPL-1.0", "AFL-3.0", "ECL-2.0", "MulanPSL-2.0", "Unicode-3.0", "BSD-1-Clause",
    ];

    private static readonly string[] Others =
    [
        "GPL-2.0-only", "GPL-2.0-or-later", "GPL-3.0-only", "GPL-3.0-or-later", "LGPL-2.1-only", "LGPL-2.1-or-later", "LGPL-3.0-only", "LGPL-3.0-or-later", "AGPL-3.0-only",
        "AGPL-3.0-or-later", "MPL-2.0", "EPL-1.0", "EPL-2.0", "CDDL-1.0", "CDDL-1.1", "EUPL-1.1", "EUPL-1.2", "OSL-3.0", "CC-BY-SA-4.0", "BUSL-1.1", "SSPL-1.0", "Elastic-2.0", "MS-RL",
        "CECILL-2.1", "CC-BY-NC-4.0", "PolyForm-Noncommercial-1.0.0", "PolyForm-Small-Business-1.0.0",
    ];

    /// <summary>The expression, or what is wrong with it.</summary>
    public static (LicenseExpression? Expression, string? Fault) Read(string text)
    {
        var tokens = Token().Matches(text).Select(m => m.Value).ToList();
        if (string.Concat(tokens).Length != text.Count(c => !char.IsWhiteSpace(c)))
        {
            return (null, "Write an SPDX expression, as MIT or \"MIT OR Apache-2.0\".");
        }

        var reader = new Reader(tokens);
        var permissive = reader.Alternatives();
        return reader.Fault is { } fault ? (null, fault)
            : reader.IsAtEnd ? (new LicenseExpression(reader.Ids, permissive, reader.Ids.Exists(IsReference)), null)
            : (null, "Write an SPDX expression: licences joined by AND or OR, with brackets where needed.");
    }

    private static bool IsReference(string id) => id.StartsWith("LicenseRef-", StringComparison.Ordinal);

    [GeneratedRegex(@"[()]|[A-Za-z0-9.+-]+", RegexOptions.CultureInvariant | RegexOptions.NonBacktracking)]
    private static partial Regex Token();

    private sealed class Reader(List<string> tokens)
    {
        private const int MaxDepth = 16;
        private int _at;
        private int _depth;

        public List<string> Ids { get; } = [];

        public string? Fault { get; private set; }

        public bool IsAtEnd => _at == tokens.Count;

        public bool Alternatives()
        {
            var permissive = All();
            while (Take("OR"))
            {
                permissive |= All();
            }

            return permissive;
        }

        private bool All()
        {
            var permissive = One();
            while (Take("AND"))
            {
                permissive &= One();
            }

            return permissive;
        }

        private bool One()
        {
            if (_depth < MaxDepth && Take("("))
            {
                _depth++;
                var permissive = Alternatives();
                _depth--;
                Fault ??= Take(")") ? null : "A bracket of the licence is not closed.";
                return permissive;
            }

            return License();
        }

        private bool License()
        {
            if (IsAtEnd || tokens[_at] is "(" or ")" or "AND" or "OR" or "WITH")
            {
                Fault ??= "Write an SPDX expression, as MIT or \"MIT OR Apache-2.0\".";
                return false;
            }

            var id = tokens[_at++];
            var known = Permissive.Contains(id, StringComparer.Ordinal);
            if (!known && !Others.Contains(id, StringComparer.Ordinal) && !IsReference(id))
            {
                Fault ??= $"'{id}' is no licence of SPDX that is known here.{NearMiss.Hint(id, Permissive.Concat(Others))} For terms of your own, write LicenseRef-name and put them in a file LICENSE.";
            }

            Ids.Add(id);
            if (Take("WITH"))
            {
                Fault ??= IsAtEnd ? "Name the exception after WITH." : null;
                _at++;
            }

            return known;
        }

        private bool Take(string token)
        {
            var taken = _at < tokens.Count && string.Equals(tokens[_at], token, StringComparison.Ordinal);
            _at += taken ? 1 : 0;
            return taken;
        }
    }
}
