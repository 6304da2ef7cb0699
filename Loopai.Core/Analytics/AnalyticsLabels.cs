using System.Globalization;
using Loopai.Core.Data;
using Loopai.Core.Experiments;
using Microsoft.EntityFrameworkCore;

namespace Loopai.Core.Analytics;

/// <summary>What people call the values of dimensions. What is gone is called by the start of its id.</summary>
internal sealed class AnalyticsLabels
{
    private readonly Dictionary<(string Dimension, string Value), string> _names = [];
    private readonly Dictionary<(string Experiment, string Variant), string> _variants = [];

    public static async Task<AnalyticsLabels> LoadAsync(
        LoopaiDbContext db, IReadOnlyList<string> dimensions, IReadOnlyCollection<(string First, string Second)> keys, CancellationToken ct)
    {
        var labels = new AnalyticsLabels();
        for (var i = 0; i < dimensions.Count; i++)
        {
            var ids = keys.Select(k => i == 0 ? k.First : k.Second).Distinct().Select(v => Guid.TryParse(v, out var id) ? id : Guid.Empty).Where(id => id != Guid.Empty).ToArray();
            await labels.AddAsync(db, dimensions[i], ids, ct);
            if (dimensions[i] == AnalyticsDimensions.Version)
            {
                var tasks = keys.Select(k => TaskVersion.Parse(i == 0 ? k.First : k.Second).Task).Where(t => t.Length > 0).Distinct().Select(Guid.Parse).ToArray();
                await labels.AddAsync(db, AnalyticsDimensions.Task, tasks, ct);
            }
        }

        return labels;
    }

    public AnalyticsValue Of(string dimension, string value, string other) => new(dimension, value, dimension switch
    {
        AnalyticsDimensions.Version => $"v{value}",
        AnalyticsDimensions.Status => value switch { "success" => "Success", "error" => "Error", "timeout" => "Timeout", _ => "Invalid output" },
        AnalyticsDimensions.Variant => _variants.GetValueOrDefault((other, value)) ?? (value == AnalyticsDimensions.None ? "No variant" : value == "0" ? "Control" : $"Variant {value}"),
        AnalyticsDimensions.Key when value == AnalyticsDimensions.None => "No key",
        AnalyticsDimensions.Team when value == AnalyticsDimensions.None => "No team",
        AnalyticsDimensions.Experiment when value == AnalyticsDimensions.None => "No experiment",
        _ => _names.GetValueOrDefault((dimension, value)) ?? $"{value.AsSpan(0, Math.Min(8, value.Length))}…",
    });

    private async Task AddAsync(LoopaiDbContext db, string dimension, Guid[] ids, CancellationToken ct)
    {
        var rows = dimension switch
        {
            AnalyticsDimensions.Task => db.Tasks.Where(t => ids.Contains(t.Id)).Select(t => new Named(t.Id, t.Status == Tasks.TaskStatus.Archived ? t.Name + " (archived)" : t.Name)),
            AnalyticsDimensions.Environment => db.Environments.Where(e => ids.Contains(e.Id)).Select(e => new Named(e.Id, e.Name)),
            AnalyticsDimensions.Key => db.ApiKeys.Where(k => ids.Contains(k.Id)).Select(k => new Named(k.Id, k.Name)),
            AnalyticsDimensions.Team => db.Teams.Where(t => ids.Contains(t.Id)).Select(t => new Named(t.Id, t.Name)),
            AnalyticsDimensions.Experiment => db.Experiments.Where(e => ids.Contains(e.Id)).Select(e => new Named(e.Id, e.Name)),
            _ => null,
        };
        var named = rows is null ? [] : await rows.ToListAsync(ct);
        foreach (var same in named.GroupBy(r => r.Name, StringComparer.Ordinal).Select(g => g.ToList()))
        {
            foreach (var row in same)
            {
                // Lines of a chart are told apart by what they are called, and so are rows by people.
                _names[(dimension, row.Id.ToString())] = same.Count == 1 ? row.Name : $"{row.Name} (…{row.Id.ToString()[^4..]})";
            }
        }

        if (dimension == AnalyticsDimensions.Experiment)
        {
            foreach (var experiment in await db.Experiments.AsNoTracking().Where(e => ids.Contains(e.Id)).ToListAsync(ct))
            {
                for (var i = 0; i < experiment.Variants.Count; i++)
                {
                    _variants[(experiment.Id.ToString(), i.ToString(CultureInfo.InvariantCulture))] = experiment.Variants[i].Name;
                }
            }
        }
    }

    private sealed record Named(Guid Id, string Name);
}
