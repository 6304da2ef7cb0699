using System.Text;

namespace Loopai.Core.Programs.Models;

/// <summary>How a field of the input is read.</summary>
internal enum FieldKind
{
    /// <summary>Words; a list of strings is read one after the other.</summary>
    Text,

    /// <summary>The whole value is one feature: a boolean, an enum, a list of tags.</summary>
    Category,

    /// <summary>Its size, and the range it falls in.</summary>
    Number,
}

/// <summary>One field of the input that the program reads.</summary>
internal sealed class InputField
{
    public InputField(IReadOnlyList<string> path, FieldKind kind, double center = 0, double spread = 1, double[]? edges = null)
    {
        Path = path;
        Kind = kind;
        Center = center;
        Spread = spread;
        Edges = edges ?? [];
        Name = path.Count == 0 ? "input" : string.Join('.', path);
        Utf8Path = [.. path.Select(Encoding.UTF8.GetBytes)];
        MissingKey = FeatureHash.Key(FeatureHash.Seed(Name, FeatureKind.Missing));
        CategorySeed = FeatureHash.Seed(Name, FeatureKind.Category);
        NumberKey = FeatureHash.Key(FeatureHash.Seed(Name, FeatureKind.Number));
        RangeSeed = FeatureHash.Seed(Name, FeatureKind.NumberRange);
    }

    /// <summary>Property names from the root; empty when the input itself is the value.</summary>
    public IReadOnlyList<string> Path { get; }

    public FieldKind Kind { get; }

    /// <summary>Of a number: its median in the examples.</summary>
    public double Center { get; }

    /// <summary>Of a number: its standard deviation in the examples.</summary>
    public double Spread { get; }

    /// <summary>Of a number: where its ranges begin, ascending.</summary>
    public double[] Edges { get; }

    public string Name { get; }

    public byte[][] Utf8Path { get; }

    public uint MissingKey { get; }

    public ulong CategorySeed { get; }

    public uint NumberKey { get; }

    public ulong RangeSeed { get; }

    public uint RangeKey(int range) => FeatureHash.Key(FeatureHash.Step(RangeSeed, range));

    public int RangeOf(double value)
    {
        var range = 0;
        while (range < Edges.Length && value >= Edges[range])
        {
            range++;
        }

        return range;
    }
}

/// <summary>Text fields whose features form one vector of length 1.</summary>
internal sealed class TextBlock
{
    public TextBlock(int[] fields, string name, int shortest, int longest)
    {
        Fields = fields;
        Name = name;
        Shortest = shortest;
        Longest = longest;
        Seeds = TextSeeds.For(name);
    }

    /// <summary>Indexes into <see cref="FeaturePlan.Fields"/>.</summary>
    public int[] Fields { get; }

    /// <summary>Seeds the keys, so that "free" in a subject and "free" in a body are two features.</summary>
    public string Name { get; }

    /// <summary>Length of the shortest letter sequence.</summary>
    public int Shortest { get; }

    /// <summary>Length of the longest letter sequence; 0 for none.</summary>
    public int Longest { get; }

    public TextSeeds Seeds { get; }
}

/// <summary>What is read of an input, and how it becomes features.</summary>
internal sealed record FeaturePlan(InputField[] Fields, TextBlock[] Blocks, int TextLimit)
{
    /// <summary>A number further from the center than this many spreads counts as this far: one outlier must not decide alone.</summary>
    public const double NumberClip = 3;

    /// <summary>A category is compared by this many of its first characters.</summary>
    public const int CategoryLimit = 200;
}
