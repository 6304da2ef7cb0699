using System.Text.Json;
using Loopai.Core.Schemas;
using Loopai.Portal.Tests.Conformance;

namespace Loopai.Portal.Tests.Schemas;

/// <summary>The JSON Schema Test Suite, draft 2020-12.</summary>
public sealed class ConformanceTests
{
    // The suite reads format as an annotation except in the files about formats.
    private static readonly SchemaOptions WithoutFormats = new() { AssertFormat = false };

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

    private static TheoryData<string> FilesIn(string folder) => ConformanceData.Folder is { } data
        ? new(Directory.EnumerateFiles(Path.Combine(data, folder), "*.json").Select(path => Path.GetRelativePath(data, path)).Order())
        : [];
}
