using System.Runtime.InteropServices;
using System.Security.Cryptography;
using System.Text.Json;

namespace Loopai.Core.Programs.Synthesis;

/// <summary>Parts of the examples that hold every class in its share, with equal inputs always in the same part.</summary>
internal static class Folds
{
    /// <summary>Equal inputs get the same number: one of them in training and one in the measured part would flatter the program.</summary>
    public static int[] GroupEqualInputs(IReadOnlyList<JsonElement> inputs)
    {
        var seen = new Dictionary<UInt128, int>();
        var groups = new int[inputs.Count];
        for (var i = 0; i < groups.Length; i++)
        {
            var hash = SHA256.HashData(JsonMarshal.GetRawUtf8Value(inputs[i]));
            var key = MemoryMarshal.Read<UInt128>(hash);
            if (!seen.TryGetValue(key, out groups[i]))
            {
                seen[key] = groups[i] = seen.Count;
            }
        }

        return groups;
    }

    /// <summary>Per example, its fold.</summary>
    public static int[] Assign(int[] classOf, int[] groups, int folds, int seed)
    {
        var foldOfGroup = new Dictionary<int, int>();
        var next = 0;
        foreach (var group in ShuffledGroups(classOf, groups, seed).SelectMany(groupsOfClass => groupsOfClass))
        {
            foldOfGroup[group] = next++ % folds;
        }

        return Array.ConvertAll(groups, group => foldOfGroup[group]);
    }

    /// <summary>Per example, whether it is held out: the share of every class, rounded down, so that small classes stay in training.</summary>
    public static bool[] HoldOut(int[] classOf, int[] groups, double share, int seed)
    {
        var held = new HashSet<int>();
        foreach (var groupsOfClass in ShuffledGroups(classOf, groups, seed))
        {
            held.UnionWith(groupsOfClass.Take((int)(groupsOfClass.Count * share)));
        }

        return Array.ConvertAll(groups, held.Contains);
    }

    /// <summary>Numbers as ten classes of equal size, so that each part has small and large ones.</summary>
    public static int[] Strata(double[] numbers)
    {
        var sorted = (double[])numbers.Clone();
        Array.Sort(sorted);
        var edges = Enumerable.Range(1, 9).Select(tenth => sorted[sorted.Length * tenth / 10]).ToArray();
        return Array.ConvertAll(numbers, number => edges.Count(edge => number >= edge));
    }

    private static List<List<int>> ShuffledGroups(int[] classOf, int[] groups, int seed)
    {
        var byClass = new SortedDictionary<int, List<int>>();
        var seen = new HashSet<int>();
        for (var i = 0; i < groups.Length; i++)
        {
            if (seen.Add(groups[i]))
            {
                if (!byClass.TryGetValue(classOf[i], out var list))
                {
                    byClass[classOf[i]] = list = [];
                }

                list.Add(groups[i]);
            }
        }

        // A seeded Random keeps its sequence over versions of .NET.
        var random = new Random(seed);
        foreach (var list in byClass.Values)
        {
            random.Shuffle(CollectionsMarshal.AsSpan(list));
        }

        return [.. byClass.Values];
    }
}
