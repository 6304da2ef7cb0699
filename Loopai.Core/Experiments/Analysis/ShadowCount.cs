using Loopai.Core.Data;
using Loopai.Core.Validation;

namespace Loopai.Core.Experiments.Analysis;

/// <summary>A shadow's answer beside what it is held against.</summary>
/// <param name="Variant">The shadow.</param>
/// <param name="Output">What it answered.</param>
/// <param name="Control">What the control answered.</param>
/// <param name="Expected">What would have been right, where the control was not and it is known.</param>
/// <param name="ControlRight">Whether the control was found right; null where nobody looked.</param>
public sealed record ShadowText(short Variant, string Output, string? Control, string? Expected, bool? ControlRight);

/// <summary>
/// Counts shadows that gave the same answer in other words, 1.0 for 1 or members in another order, as the oracles' comparison does: two languages write the same JSON
/// differently. One row at a time, however many there are.
/// </summary>
internal static class ShadowCount
{
    public static async Task<List<ShadowRow>> CountShadowsAsync(this LoopaiDbContext db, AnalysisScope scope, CancellationToken ct)
    {
        var rows = await db.ShadowsAsync(scope, ct);
        await foreach (var text in db.ShadowTextsAsync(scope).WithCancellation(ct))
        {
            if (rows.FindIndex(r => r.Variant == text.Variant) is >= 0 and var at)
            {
                rows[at] = Corrected(rows[at], text);
            }
        }

        return rows;
    }

    internal static ShadowRow Corrected(ShadowRow row, ShadowText text)
    {
        var agrees = text.Output != text.Control && OutputMatch.Same(text.Output, text.Control);
        var (truth, known) = text.ControlRight == true ? (text.Control, true) : (text.Expected, text is { ControlRight: false, Expected: not null });
        var isRight = known && text.Output != truth && OutputMatch.Same(text.Output, truth);
        return row with
        {
            Agreeing = row.Agreeing + (agrees ? 1 : 0),
            OnlyControlRight = row.OnlyControlRight - (isRight && text.ControlRight == true ? 1 : 0),
            OnlyShadowRight = row.OnlyShadowRight + (isRight && text.ControlRight == false ? 1 : 0),
        };
    }
}
