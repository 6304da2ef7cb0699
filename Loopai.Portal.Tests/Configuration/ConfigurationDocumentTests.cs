using System.Globalization;
using System.Text.RegularExpressions;
using Loopai.Core.Configuration;
using Loopai.Portal.Configuration;
using Microsoft.Extensions.Configuration;

namespace Loopai.Portal.Tests.Configuration;

/// <summary>The classes, <c>appsettings.json</c> and <c>docs/configuration.md</c> say the same.</summary>
public sealed partial class ConfigurationDocumentTests
{
    private static readonly Dictionary<string, string> Defaults = (
        from section in SettingsSections.All
        let instance = Activator.CreateInstance(section.Value)
        from property in SettingsReader.SettingsOf(section.Value)
        let value = Convert.ToString(property.GetValue(instance), CultureInfo.InvariantCulture)!
        select ($"{section.Key}:{property.Name}", property.PropertyType == typeof(bool) ? value.ToLowerInvariant() : value)).ToDictionary();

    [Fact]
    public void Document_ListsEverySettingWithItsVariableAndDefault()
    {
        var rows = Row().Matches(File.ReadAllText(RepositoryRoot.File("docs/configuration.md")));

        rows.Select(row => (row.Groups["setting"].Value, row.Groups["default"].Value)).ToDictionary().ShouldBe(Defaults, ignoreOrder: true);
        rows.ShouldAllBe(row => row.Groups["variable"].Value == row.Groups["setting"].Value.Replace(":", "__", StringComparison.Ordinal));
        rows.ShouldAllBe(row => row.Groups["meaning"].Length > 0);
    }

    [Fact]
    public void File_HoldsEverySettingAtItsDefault()
    {
        var file = new ConfigurationBuilder().AddJsonFile(RepositoryRoot.File("appsettings.json")).Build();

        var settings = file.AsEnumerable()
            .Where(pair => pair.Value is not null && !pair.Key.StartsWith("Logging:", StringComparison.Ordinal))
            .Select(pair => (pair.Key, pair.Value is "True" or "False" ? pair.Value.ToLowerInvariant() : pair.Value!));

        settings.ToDictionary().ShouldBe(Defaults, ignoreOrder: true);
    }

    [GeneratedRegex(@"^\| `(?<setting>\w+:\w+)` \| `(?<variable>\w+)` \| (`(?<default>[^`]+)` )?\| (?<meaning>.+) \|$",
        RegexOptions.Multiline | RegexOptions.ExplicitCapture, matchTimeoutMilliseconds: 1000)]
    private static partial Regex Row();
}
