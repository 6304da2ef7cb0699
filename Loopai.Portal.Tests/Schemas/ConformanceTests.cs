using System.Text.Json;
using Loopai.Core.Schemas;
using Loopai.Portal.Tests.Conformance;

namespace Loopai.Portal.Tests.Schemas;

/// <summary>The JSON Schema Test Suite, draft 2020-12.</summary>
public sealed class ConformanceTests
{
    // The suite reads format as an annotation except in the files about formats.
    private static readonly SchemaOptions WithoutFormats = new() { AssertFormat = false };

    private static readonly SchemaOptions WithFormats = new()
    {
        AssertedFormats = new HashSet<string>(StringComparer.Ordinal)
        {
            "date-time", "date", "time", "duration", "email", "idn-email", "ipv4", "ipv6", "uuid", "uri", "uri-reference", "iri", "iri-reference",
            "uri-template", "json-pointer", "relative-json-pointer", "regex",
        },
    };

    private static readonly Dictionary<string, string> Exceptions = new(StringComparer.Ordinal)
    {
        ["hostname"] = "Labels beginning with xn-- need the tables of IDNA 2008.",
        ["idn-hostname"] = "Needs the tables of IDNA 2008, which .NET does not have.",
    };

    public static TheoryData<string> RequiredFiles => FilesIn("json-schema-2020-12");

    [ConformanceTheory]
    [MemberData(nameof(RequiredFiles))]
    public void Required_EveryCase_IsDecidedAsTheSuiteSays(string file)
    {
        var failures = SuiteCase.Read(file)
            .Where(test => !test.NeedsServer)
            .Select(test => test.Run(WithoutFormats))
            .OfType<string>();
        failures.ShouldBeEmpty();
    }

    public static TheoryData<string> FormatFiles => FilesIn("json-schema-2020-12/format");

    [ConformanceTheory]
    [MemberData(nameof(FormatFiles))]
    public void Format_EveryCase_IsDecidedAsTheSuiteSays(string file)
    {
        if (Exceptions.ContainsKey(Path.GetFileNameWithoutExtension(file)))
        {
            return;
        }

        var failures = SuiteCase.Read(file).Select(test => test.Run(WithFormats)).OfType<string>();
        failures.ShouldBeEmpty();
    }

    [ConformanceFact]
    public void Required_CasesThatNeedTheSuitesServer_AreTheOnlyOnesLeftOut()
    {
        var cases = Directory.EnumerateFiles(Path.Combine(ConformanceData.Folder!, "json-schema-2020-12"), "*.json").SelectMany(SuiteCase.Read).ToList();
        cases.Count(test => test.NeedsServer).ShouldBeLessThan(60);
        cases.Count.ShouldBeGreaterThan(1200);
    }

    private static TheoryData<string> FilesIn(string folder) => ConformanceData.Folder is { } data
        ? new(Directory.EnumerateFiles(Path.Combine(data, folder), "*.json").Select(path => Path.GetRelativePath(data, path)).Order())
        : [];
}
