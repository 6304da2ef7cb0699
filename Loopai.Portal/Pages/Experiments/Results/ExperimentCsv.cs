using System.Globalization;
using System.Text;
using Loopai.Core.Access;
using Loopai.Core.Errors;
using Loopai.Core.Experiments;
using Loopai.Portal.Pages.Executions;
using Loopai.Portal.Shell;

namespace Loopai.Portal.Pages.Experiments.Results;

/// <summary>What a result page shows, as a file: a line for each metric, variant and segment.</summary>
public static class ExperimentCsv
{
    public static void MapExperimentCsv(this WebApplication app) =>
        app.MapGet("/o/{org}/experiments/{id:guid}/results.csv", HandleAsync).RequireAuthorization().ExcludeFromDescription();

    /// <summary>The same for the API and the portal.</summary>
    public static string Write(Experiment experiment, ResultView? result)
    {
        var text = new StringBuilder("experiment,at,segment,level,metric,role,variant,control_value,value,lift,low,high,p_adjusted,chance_to_win,units,softened,guardrail,guardrail_p,guardrail_alpha\n");
        foreach (var metric in result?.Metrics ?? [])
        {
            foreach (var lift in metric.Treatments)
            {
                Line(text, experiment, result!, "", "", metric.Key, metric.Role, metric.Control, lift);
            }
        }

        foreach (var segment in result?.Segments ?? [])
        {
            Line(text, experiment, result!, segment.Segment, segment.Level, segment.Metric, "", null, segment.Lift);
        }

        return text.ToString();
    }

    private static async Task<IResult> HandleAsync(
        string org, Guid id, HttpContext http, OrganizationEntry entry, ExperimentService experiments, ResultReader results, CancellationToken ct)
    {
        var caller = await entry.CallerAsync(http, org, http.Request.Query["env"], ct);
        if (caller is null || !caller.MaySomewhere(Permissions.ExperimentsRead))
        {
            return Microsoft.AspNetCore.Http.Results.NotFound();
        }

        try
        {
            var experiment = await experiments.GetAsync(caller, id, ct);
            var file = Write(experiment, await results.FindAsync(caller, experiment, ct));
            return Microsoft.AspNetCore.Http.Results.File(Encoding.UTF8.GetBytes(file), "text/csv; charset=utf-8", $"experiment-{experiment.Key}.csv");
        }
        catch (NotFoundException)
        {
            return Microsoft.AspNetCore.Http.Results.NotFound();
        }
    }

    private static void Line(
        StringBuilder text, Experiment experiment, ResultView result, string segment, string level, string metric, string role, double? control, LiftView lift) =>
        text.AppendJoin(
            ',', ExecutionsCsv.Cell(experiment.Key), result.At.UtcDateTime.ToString("O", CultureInfo.InvariantCulture), ExecutionsCsv.Cell(segment), ExecutionsCsv.Cell(level),
            ExecutionsCsv.Cell(metric), role, ExecutionsCsv.Cell(lift.Variant), Number(control), Number(lift.Value), Number(lift.Lift), Number(lift.Low), Number(lift.High),
            Number(lift.PValue), Number(lift.ChanceToWin), lift.Units.ToString(CultureInfo.InvariantCulture),
            lift.Softened ? "true" : "false",
            lift.Guardrail?.Word ?? "", Number(lift.Guardrail?.PValue), Number(lift.Guardrail?.Alpha)).Append('\n');

    private static string Number(double? value) => value?.ToString("R", CultureInfo.InvariantCulture) ?? "";
}
