namespace Loopai.Core.Programs.Models;

/// <summary>Takes the features of a text one by one.</summary>
internal interface ITextSink
{
    /// <param name="key">The feature's key.</param>
    /// <param name="kind">What it is.</param>
    /// <param name="start">Where in the text it starts, for those who want to show it.</param>
    /// <param name="end">Where it ends.</param>
    void Add(uint key, FeatureKind kind, int start, int end);
}

/// <param name="Word">Seed of words.</param>
/// <param name="Pair">Seed of neighbouring words.</param>
/// <param name="Letters">Seed of letter sequences.</param>
/// <param name="Symbol">Seed of runs of one symbol.</param>
/// <param name="Shape">Seed of words with their digits made zero.</param>
/// <param name="Capitals">Key of a word in capitals.</param>
/// <param name="Script">Seed of scripts.</param>
/// <param name="LongWord">Key of a word too long to be one.</param>
internal sealed record TextSeeds(ulong Word, ulong Pair, ulong Letters, ulong Symbol, ulong Shape, uint Capitals, ulong Script, uint LongWord)
{
    public static TextSeeds For(string block) => new(
        FeatureHash.Seed(block, FeatureKind.Word),
        FeatureHash.Seed(block, FeatureKind.Pair),
        FeatureHash.Seed(block, FeatureKind.Letters),
        FeatureHash.Seed(block, FeatureKind.Symbol),
        FeatureHash.Seed(block, FeatureKind.Shape),
        FeatureHash.Key(FeatureHash.Seed(block, FeatureKind.Capitals)),
        FeatureHash.Seed(block, FeatureKind.Script),
        FeatureHash.Key(FeatureHash.Seed(block, FeatureKind.LongWord)));
}

/// <summary>Cuts classified text into words, pairs of words, letter sequences inside words, and runs of symbols.</summary>
internal static class TextFeatures
{
    /// <summary>Longer "words" are encoded data, not language.</summary>
    public const int LongestWord = 40;
    private const int LongestRun = 3;
    private const int Boundary = ' ';

    public static void Scan<TSink>(ReadOnlySpan<int> text, TextSeeds seeds, int shortest, int longest, ref TSink sink)
        where TSink : ITextSink, allows ref struct
    {
        var previous = 0UL;
        var previousStart = -1;
        var at = 0;
        while (at < text.Length)
        {
            var start = at;
            var kind = CharacterRules.ClassOf(text[at]);
            if (kind == CharacterRules.Separator)
            {
                at++;
                continue;
            }

            if (kind == CharacterRules.Symbol)
            {
                at = ScanRun(text, start, seeds, ref sink);
                continue;
            }

            ulong word;
            if (kind == CharacterRules.Ideograph)
            {
                var code = text[at++] & CharacterRules.CodeMask;
                word = FeatureHash.Step(seeds.Word, code);
                sink.Add(FeatureHash.Key(FeatureHash.Step(seeds.Script, CharacterRules.Script(code))), FeatureKind.Script, start, at);
            }
            else
            {
                at = ScanWord(text, start, seeds, out word, ref sink);
                if (word == 0)
                {
                    previousStart = -1;
                    continue;
                }

                if (longest > 0)
                {
                    ScanLetters(text, start, at, seeds.Letters, shortest, longest, ref sink);
                }
            }

            sink.Add(FeatureHash.Key(word), FeatureKind.Word, start, at);
            if (previousStart >= 0)
            {
                sink.Add(FeatureHash.Key(FeatureHash.Join(seeds.Pair ^ previous, word)), FeatureKind.Pair, previousStart, at);
            }

            previous = word;
            previousStart = start;
        }
    }

    /// <summary>A run of one symbol is one feature: "!" and "!!!" say different things, "!!!" and "!!!!!!" the same.</summary>
    private static int ScanRun<TSink>(ReadOnlySpan<int> text, int start, TextSeeds seeds, ref TSink sink)
        where TSink : ITextSink, allows ref struct
    {
        var code = text[start];
        var at = start + 1;
        while (at < text.Length && text[at] == code)
        {
            at++;
        }

        var hash = FeatureHash.Step(FeatureHash.Step(seeds.Symbol, code & CharacterRules.CodeMask), Math.Min(at - start, LongestRun));
        sink.Add(FeatureHash.Key(hash), FeatureKind.Symbol, start, Math.Min(at, start + LongestRun));
        return at;
    }

    private static int ScanWord<TSink>(ReadOnlySpan<int> text, int start, TextSeeds seeds, out ulong word, ref TSink sink)
        where TSink : ITextSink, allows ref struct
    {
        word = seeds.Word;
        var shape = seeds.Shape;
        var digits = 0;
        var capitals = 0;
        var at = start;
        for (; at < text.Length; at++)
        {
            var code = text[at];
            var kind = CharacterRules.ClassOf(code);
            if (kind is not (CharacterRules.Letter or CharacterRules.Digit))
            {
                break;
            }

            var plain = code & CharacterRules.CodeMask;
            word = FeatureHash.Step(word, plain);
            shape = FeatureHash.Step(shape, kind == CharacterRules.Digit ? '0' : plain);
            digits += kind == CharacterRules.Digit ? 1 : 0;
            capitals += (code & CharacterRules.UpperBit) != 0 ? 1 : 0;
        }

        var length = at - start;
        if (length > LongestWord)
        {
            sink.Add(seeds.LongWord, FeatureKind.LongWord, start, start + LongestWord);
            word = 0;
            return at;
        }

        if (digits > 0)
        {
            sink.Add(FeatureHash.Key(shape), FeatureKind.Shape, start, at);
        }

        if (length > 1 && capitals == length)
        {
            sink.Add(seeds.Capitals, FeatureKind.Capitals, start, at);
        }

        var script = CharacterRules.Script(text[start] & CharacterRules.CodeMask);
        if (script != 0)
        {
            sink.Add(FeatureHash.Key(FeatureHash.Step(seeds.Script, script)), FeatureKind.Script, start, at);
        }

        return at;
    }

    /// <summary>Letter sequences that start at every letter of the word, the word having a boundary mark before and after it.</summary>
    private static void ScanLetters<TSink>(
        ReadOnlySpan<int> text, int start, int end, ulong seed, int shortest, int longest, ref TSink sink)
        where TSink : ITextSink, allows ref struct
    {
        for (var from = start - 1; from < end; from++)
        {
            var hash = seed;
            for (var length = 1; length <= longest && from + length <= end + 1; length++)
            {
                var at = from + length - 1;
                hash = FeatureHash.Step(hash, at < start || at == end ? Boundary : text[at] & CharacterRules.CodeMask);
                if (length >= shortest)
                {
                    sink.Add(FeatureHash.Key(hash), FeatureKind.Letters, from, at + 1);
                }
            }
        }
    }
}
