using Loopai.Core.Access;
using Loopai.Core.Data;
using Microsoft.EntityFrameworkCore;

namespace Loopai.Core.Experiments;

/// <summary>What programs are to know an experiment by, where nobody chose a key.</summary>
internal static class ExperimentKeys
{
    /// <summary>A key in the words of a name.</summary>
    public static string Of(string name)
    {
        var letters = name.Trim().ToLowerInvariant().Select(c => char.IsAsciiLetterOrDigit(c) ? c : '-').ToArray();
        var key = string.Join('-', new string(letters).Split('-', StringSplitOptions.RemoveEmptyEntries));
        return key.Length == 0 ? "experiment" : key[..Math.Min(key.Length, ExperimentModel.KeyLength - 4)].TrimEnd('-');
    }

    /// <summary>The key, or the key with the first number that is free.</summary>
    public static async Task<string> FreeAsync(LoopaiDbContext db, Caller caller, string wanted, CancellationToken ct)
    {
        var stem = wanted.Length > ExperimentModel.KeyLength - 4 ? wanted[..(ExperimentModel.KeyLength - 4)] : wanted;
        var taken = await db.Experiments.Where(e => e.EnvironmentId == caller.EnvironmentId && e.Key.StartsWith(stem)).Select(e => e.Key).ToListAsync(ct);
        return Enumerable.Range(1, taken.Count + 2).Select(n => n == 1 ? wanted : $"{stem}-{n}").First(key => !taken.Contains(key));
    }
}
