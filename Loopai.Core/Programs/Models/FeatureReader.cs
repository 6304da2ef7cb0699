using System.Text.Json;

namespace Loopai.Core.Programs.Models;

/// <summary>Takes the features of an input.</summary>
internal interface IInputSink : ITextSink
{
    /// <summary>The features added since the last call form one vector.</summary>
    void EndBlock(TextBlock block);

    /// <summary>A feature with a value of its own, outside any vector.</summary>
    void Value(uint key, FeatureKind kind, int field, double value);
}

/// <summary>Buffers for reading one input; used by one thread at a time.</summary>
internal sealed class ReadBuffer
{
    public int[] Text { get; private set; } = [];

    /// <summary>Per field, the number it held; NaN when missing.</summary>
    public double[] Numbers { get; private set; } = [];

    /// <summary>Per field, how many characters of text it held.</summary>
    public int[] Lengths { get; private set; } = [];

    public JsonElement[] Elements { get; private set; } = [];

    public void Fit(FeaturePlan plan)
    {
        if (Text.Length < plan.TextLimit)
        {
            Text = new int[Math.Max(plan.TextLimit, FeaturePlan.CategoryLimit)];
        }

        if (Numbers.Length < plan.Fields.Length)
        {
            Numbers = new double[plan.Fields.Length];
            Lengths = new int[plan.Fields.Length];
            Elements = new JsonElement[plan.Fields.Length];
        }
    }
}

/// <summary>Walks an input once and hands its features to a sink; training and running share it, so they cannot disagree.</summary>
internal static class FeatureReader
{
    public static void Read<TSink>(FeaturePlan plan, JsonElement input, ReadBuffer buffer, ref TSink sink)
        where TSink : IInputSink, allows ref struct
    {
        buffer.Fit(plan);
        for (var index = 0; index < plan.Fields.Length; index++)
        {
            var field = plan.Fields[index];
            var element = Locate(input, field.Utf8Path);
            buffer.Elements[index] = element;
            buffer.Lengths[index] = 0;
            buffer.Numbers[index] = double.NaN;
            switch (field.Kind)
            {
                case FieldKind.Number:
                    ReadNumber(field, index, element, buffer, ref sink);
                    break;
                case FieldKind.Category:
                    ReadCategory(field, index, element, buffer, ref sink);
                    break;
                default:
                    if (!HoldsText(element))
                    {
                        sink.Value(field.MissingKey, FeatureKind.Missing, index, 1);
                    }

                    break;
            }
        }

        foreach (var block in plan.Blocks)
        {
            foreach (var index in block.Fields)
            {
                buffer.Lengths[index] = ReadText(plan, block, buffer.Elements[index], buffer, ref sink);
            }

            sink.EndBlock(block);
        }
    }

    public static JsonElement Locate(JsonElement element, byte[][] path)
    {
        foreach (var name in path)
        {
            if (element.ValueKind != JsonValueKind.Object || !element.TryGetProperty(name, out element))
            {
                return default;
            }
        }

        return element;
    }

    private static bool HoldsText(JsonElement element) =>
        element.ValueKind == JsonValueKind.String || (element.ValueKind == JsonValueKind.Array && element.GetArrayLength() > 0);

    private static void ReadNumber<TSink>(InputField field, int index, JsonElement element, ReadBuffer buffer, ref TSink sink)
        where TSink : IInputSink, allows ref struct
    {
        if (element.ValueKind != JsonValueKind.Number || !element.TryGetDouble(out var number) || !double.IsFinite(number))
        {
            sink.Value(field.MissingKey, FeatureKind.Missing, index, 1);
            return;
        }

        buffer.Numbers[index] = number;
        var size = Math.Clamp((number - field.Center) / field.Spread, -FeaturePlan.NumberClip, FeaturePlan.NumberClip);
        sink.Value(field.NumberKey, FeatureKind.Number, index, size);
        sink.Value(field.RangeKey(field.RangeOf(number)), FeatureKind.NumberRange, index, 1);
    }

    private static void ReadCategory<TSink>(InputField field, int index, JsonElement element, ReadBuffer buffer, ref TSink sink)
        where TSink : IInputSink, allows ref struct
    {
        if (element.ValueKind == JsonValueKind.Array)
        {
            foreach (var item in element.EnumerateArray())
            {
                ReadCategory(field, index, item, buffer, ref sink);
            }

            return;
        }

        var limit = buffer.Text.AsSpan(0, Math.Min(FeaturePlan.CategoryLimit, buffer.Text.Length));
        var length = element.ValueKind switch
        {
            JsonValueKind.String => JsonText.Read(element, limit),
            JsonValueKind.True => JsonText.Classify("true"u8, limit),
            JsonValueKind.False => JsonText.Classify("false"u8, limit),
            _ => -1,
        };
        if (length < 0)
        {
            sink.Value(field.MissingKey, FeatureKind.Missing, index, 1);
            return;
        }

        sink.Value(CategoryKey(field, limit[..length]), FeatureKind.Category, index, 1);
    }

    public static uint CategoryKey(InputField field, ReadOnlySpan<int> text)
    {
        var hash = field.CategorySeed;
        foreach (var code in text)
        {
            hash = FeatureHash.Step(hash, code & CharacterRules.CodeMask);
        }

        return FeatureHash.Key(hash);
    }

    private static int ReadText<TSink>(FeaturePlan plan, TextBlock block, JsonElement element, ReadBuffer buffer, ref TSink sink)
        where TSink : IInputSink, allows ref struct
    {
        if (element.ValueKind == JsonValueKind.String)
        {
            var length = JsonText.Read(element, buffer.Text.AsSpan(0, plan.TextLimit));
            TextFeatures.Scan(buffer.Text.AsSpan(0, length), block.Seeds, block.Shortest, block.Longest, ref sink);
            return length;
        }

        var total = 0;
        if (element.ValueKind == JsonValueKind.Array)
        {
            foreach (var item in element.EnumerateArray())
            {
                if (item.ValueKind != JsonValueKind.String || total == plan.TextLimit)
                {
                    continue;
                }

                var length = JsonText.Read(item, buffer.Text.AsSpan(0, plan.TextLimit - total));
                TextFeatures.Scan(buffer.Text.AsSpan(0, length), block.Seeds, block.Shortest, block.Longest, ref sink);
                total += length;
            }
        }

        return total;
    }
}
