using Loopai.Core.Tasks;
using Microsoft.EntityFrameworkCore;

namespace Loopai.Core.Rollouts;

/// <summary>The tables of rollouts.</summary>
internal static class RolloutModel
{
    public static void Configure(ModelBuilder builder)
    {
        builder.Entity<Rollout>(rollout =>
        {
            rollout.ToTable("rollouts");
            rollout.Property(r => r.Id).ValueGeneratedNever();
            rollout.Property(r => r.Status).HasConversion<string>().HasMaxLength(16);
            rollout.Property(r => r.StartedBy).HasMaxLength(200);
            rollout.Property(r => r.EndedBy).HasMaxLength(200);

            // A task moves to one version at a time.
            rollout.HasIndex(r => r.TaskId).IsUnique().HasFilter("ended_at IS NULL");
            rollout.HasIndex(r => r.NextLookAt).HasFilter("ended_at IS NULL");
            rollout.HasIndex(r => new { r.TaskId, r.StartedAt });
            rollout.HasOne<TaskDefinition>().WithMany().HasForeignKey(r => r.TaskId);
        });
        builder.Entity<RolloutEvent>(happened =>
        {
            happened.ToTable("rollout_events");
            happened.Property(e => e.Id).ValueGeneratedNever();
            happened.Property(e => e.Action).HasMaxLength(16);
            happened.Property(e => e.By).HasMaxLength(200);
            happened.HasIndex(e => new { e.RolloutId, e.Id });
        });
    }
}
