using System.Text.Json;
using System.Text.Json.Serialization;
using Loopai.Core.Data;
using Loopai.Core.Executions;
using Loopai.Core.Experiments.Events;
using Loopai.Core.Experiments.Metrics;
using Loopai.Core.Organizations;
using Loopai.Core.Tasks;
using Microsoft.EntityFrameworkCore;
using Microsoft.EntityFrameworkCore.ChangeTracking;
using Microsoft.EntityFrameworkCore.Metadata.Builders;

namespace Loopai.Core.Experiments;

/// <summary>The tables of experiments. What is only ever read and written with its experiment lies in it as JSON.</summary>
internal static class ExperimentModel
{
    public const int KeyLength = 64;

    private static readonly JsonSerializerOptions Json = new(JsonSerializerDefaults.Web) { Converters = { new JsonStringEnumConverter(JsonNamingPolicy.SnakeCaseLower) } };

    public static void Configure(ModelBuilder builder)
    {
        builder.Entity<Experiment>(experiment =>
        {
            experiment.ToTable("experiments");
            experiment.Property(e => e.Id).ValueGeneratedNever();
            experiment.Property(e => e.Key).HasMaxLength(KeyLength);
            experiment.Property(e => e.Name).HasMaxLength(LoopaiModel.NameLength);
            experiment.Property(e => e.Hypothesis).HasMaxLength(4000);
            experiment.Property(e => e.Seed).HasMaxLength(100);
            experiment.Property(e => e.Status).HasConversion<string>().HasMaxLength(16);
            experiment.Property(e => e.PlanHash).HasMaxLength(64);
            experiment.Property(e => e.CreatedBy).HasMaxLength(LoopaiModel.NameLength);
            experiment.Property(e => e.Revision).IsConcurrencyToken();
            List(experiment.Property(e => e.Variants));
            List(experiment.Property(e => e.Forced));
            List(experiment.Property(e => e.Metrics));
            List(experiment.Property(e => e.Segments));
            Value(experiment.Property(e => e.Plan));
            Optional(experiment.Property(e => e.Namespace));
            Optional(experiment.Property(e => e.AutomaticWinner));
            Optional(experiment.Property(e => e.Breaker));
            Optional(experiment.Property(e => e.Approval));
            Optional(experiment.Property(e => e.Decision));
            Optional(experiment.Property(e => e.PendingWinner));
            experiment.Ignore(e => e.IsLive);
            experiment.HasIndex(e => new { e.OrganizationId, e.EnvironmentId, e.Key }).IsUnique();
            experiment.HasIndex(e => new { e.TaskId, e.Status });

            // What workers look for over all organizations: small, however many experiments are over.
            experiment.HasIndex(e => e.Status).HasFilter("status IN ('Scheduled', 'Running', 'Paused')");
            experiment.HasOne<TaskDefinition>().WithMany().HasForeignKey(e => e.TaskId).OnDelete(DeleteBehavior.Restrict);
            experiment.HasOne<OrganizationEnvironment>().WithMany().HasForeignKey(e => e.EnvironmentId).OnDelete(DeleteBehavior.Restrict);
            experiment.HasOne<Holdout>().WithMany().HasForeignKey(e => e.HoldoutId).OnDelete(DeleteBehavior.Restrict);
        });
        builder.Entity<ExperimentChange>(change =>
        {
            change.ToTable("experiment_changes");
            change.Property(c => c.Id).ValueGeneratedNever();
            change.Property(c => c.Action).HasMaxLength(32);
            change.Property(c => c.By).HasMaxLength(LoopaiModel.NameLength);
            change.Property(c => c.ByKind).HasMaxLength(16);
            change.Property(c => c.Reason).HasMaxLength(ExperimentChange.MaxReasonLength);
            change.Property(c => c.Effect).HasMaxLength(ExperimentChange.MaxEffectLength);
            change.HasIndex(c => new { c.ExperimentId, c.At, c.Id });
        });
        builder.Entity<Holdout>(holdout =>
        {
            holdout.ToTable("holdouts");
            holdout.Property(h => h.Id).ValueGeneratedNever();
            holdout.Property(h => h.Key).HasMaxLength(KeyLength);
            holdout.Property(h => h.Description).HasMaxLength(1000);
            holdout.Property(h => h.CreatedBy).HasMaxLength(LoopaiModel.NameLength);
            holdout.HasIndex(h => new { h.OrganizationId, h.Key }).IsUnique();
            holdout.HasOne<Organization>().WithMany().HasForeignKey(h => h.OrganizationId).OnDelete(DeleteBehavior.Restrict);
        });
        builder.Entity<Metric>(metric =>
        {
            metric.ToTable("metrics");
            metric.Property(m => m.Id).ValueGeneratedNever();
            metric.Property(m => m.Key).HasMaxLength(KeyLength);
            metric.Property(m => m.CreatedBy).HasMaxLength(LoopaiModel.NameLength);
            metric.Property(m => m.Revision).IsConcurrencyToken();
            Value(metric.Property(m => m.Definition));
            metric.HasIndex(m => new { m.OrganizationId, m.Key }).IsUnique();
            metric.HasOne<Organization>().WithMany().HasForeignKey(m => m.OrganizationId).OnDelete(DeleteBehavior.Restrict);
        });
        builder.Entity<ExperimentEvent>(occurrence =>
        {
            occurrence.ToTable("experiment_events");
            occurrence.HasKey(e => new { e.OrganizationId, e.EnvironmentId, e.EventId });
            occurrence.Property(e => e.EventId).HasMaxLength(ExperimentEvent.MaxEventIdLength);
            occurrence.Property(e => e.Unit).HasMaxLength(Execution.MaxUnitLength);
            occurrence.Property(e => e.Name).HasMaxLength(ExperimentEvent.MaxNameLength);
            occurrence.HasIndex(e => new { e.OrganizationId, e.EnvironmentId, e.Name, e.At });
        });
        builder.Entity<StoredSnapshot>(snapshot =>
        {
            snapshot.ToTable("experiment_snapshots");
            snapshot.HasKey(s => new { s.ExperimentId, s.At });
            snapshot.HasOne<Experiment>().WithMany().HasForeignKey(s => s.ExperimentId).OnDelete(DeleteBehavior.Restrict);
        });
    }

    private static void List<T>(PropertyBuilder<IReadOnlyList<T>> property) => property.HasConversion(
        list => JsonSerializer.Serialize(list, Json), text => JsonSerializer.Deserialize<List<T>>(text, Json)!,
        new ValueComparer<IReadOnlyList<T>>((a, b) => a!.SequenceEqual(b!), list => list.Count, list => list));

    private static void Value<T>(PropertyBuilder<T> property)
        where T : class =>
        property.HasConversion(value => JsonSerializer.Serialize(value, Json), text => JsonSerializer.Deserialize<T>(text, Json)!);

    private static void Optional<T>(PropertyBuilder<T?> property)
        where T : class =>
        property.HasConversion(value => JsonSerializer.Serialize(value, Json), text => JsonSerializer.Deserialize<T>(text, Json));
}
