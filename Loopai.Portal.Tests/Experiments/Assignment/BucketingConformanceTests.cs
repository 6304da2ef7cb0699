using System.Text.Json;
using Loopai.Core.Experiments.Assignment;
using Loopai.Portal.Tests.Conformance;

namespace Loopai.Portal.Tests.Experiments.Assignment;

/// <summary>Every case of the field's SDK specification that is about hashing and bucketing.</summary>
public class BucketingConformanceTests
{
    private static readonly Lazy<JsonElement> Cases = new(() =>
        JsonDocument.Parse(File.ReadAllText(Path.Combine(ConformanceData.Folder!, "growthbook-sdk-cases.json"))).RootElement);

    [ConformanceFact]
    public void Bucket_EveryCase_IsTheSpecifications()
    {
        foreach (var test in Section("hash", 15))
        {
            var bucket = Hashing.Bucket(test[0].GetString(), test[1].GetString(), test[2].GetInt32());
            bucket.ShouldBe(test[3].ValueKind == JsonValueKind.Null ? null : test[3].GetDouble(), test.ToString());
        }
    }

    [ConformanceFact]
    public void Ranges_EveryCase_AreTheSpecifications()
    {
        foreach (var test in Section("getBucketRange", 13))
        {
            var input = test[1];
            var weights = input[2].ValueKind == JsonValueKind.Null ? null : Doubles(input[2]);
            Same(Bucketing.Ranges(input[0].GetInt32(), input[1].GetDouble(), weights), test[2], test[0].GetString()!);
        }
    }

    [ConformanceFact]
    public void Choose_EveryCase_IsTheSpecifications()
    {
        foreach (var test in Section("chooseVariation", 13))
        {
            var ranges = test[2].EnumerateArray().Select(r => new BucketRange(r[0].GetDouble(), r[1].GetDouble())).ToArray();
            Bucketing.Choose(test[1].GetDouble(), ranges).ShouldBe(test[3].GetInt32(), test[0].GetString());
        }
    }

    [ConformanceFact]
    public void Holds_EveryNamespaceCase_IsTheSpecifications()
    {
        foreach (var test in Section("inNamespace", 16))
        {
            var range = new NamespaceRange(test[2][0].GetString()!, test[2][1].GetDouble(), test[2][2].GetDouble());
            range.Holds(test[1].GetString()).ShouldBe(test[3].GetBoolean(), test[0].GetString());
        }
    }

    [ConformanceFact]
    public void EqualWeights_EveryCase_AreTheSpecifications()
    {
        foreach (var test in Section("getEqualWeights", 6))
        {
            Bucketing.EqualWeights(test[0].GetInt32()).ShouldBe(Doubles(test[1]), tolerance: 1e-8);
        }
    }

    private static void Same(BucketRange[] actual, JsonElement expected, string name)
    {
        actual.Select(r => r.Start).ShouldBe(expected.EnumerateArray().Select(r => r[0].GetDouble()), tolerance: 1e-8, name);
        actual.Select(r => r.End).ShouldBe(expected.EnumerateArray().Select(r => r[1].GetDouble()), tolerance: 1e-8, name);
    }

    private static double[] Doubles(JsonElement numbers) => [.. numbers.EnumerateArray().Select(n => n.GetDouble())];

    private static List<JsonElement> Section(string name, int count)
    {
        List<JsonElement> cases = [.. Cases.Value.GetProperty(name).EnumerateArray()];
        cases.Count.ShouldBe(count);
        return cases;
    }
}
