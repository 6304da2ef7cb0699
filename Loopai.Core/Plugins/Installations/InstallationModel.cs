using System.Text.Json;
using Loopai.Core.Data;
using Loopai.Core.Plugins.Registry;
using Loopai.Core.Tasks;
using Microsoft.EntityFrameworkCore;
using Microsoft.EntityFrameworkCore.ChangeTracking;
using Microsoft.EntityFrameworkCore.Metadata.Builders;

namespace Loopai.Core.Plugins.Installations;

/// <summary>The tables of installed plugins. None refers to the registry by a foreign key: a plugin is another's, and must not hold up that one's end, or ours.</summary>
internal static class InstallationModel
{
    public static void Configure(ModelBuilder builder)
    {
        builder.Entity<PluginInstallation>(installation =>
        {
            installation.ToTable("plugin_installations");
            installation.Property(i => i.Id).ValueGeneratedNever();
            installation.Property(i => i.Key).HasMaxLength(PluginInstallation.MaxKeyLength);
            installation.Property(i => i.Kind).HasConversion<string>().HasMaxLength(16);
            installation.Property(i => i.DisplayName).HasMaxLength(LoopaiModel.NameLength);
            installation.Property(i => i.Range).HasMaxLength(PluginInstallation.MaxRangeLength);
            installation.Property(i => i.Version).HasMaxLength(PluginVersion.MaxVersionLength);
            installation.Property(i => i.StagedVersion).HasMaxLength(PluginVersion.MaxVersionLength);
            installation.Property(i => i.QuarantineReason).HasMaxLength(PluginInstallation.MaxReasonLength);
            installation.Property(i => i.LastError).HasMaxLength(PluginInstallation.MaxReasonLength);
            installation.Property(i => i.InstalledBy).HasMaxLength(LoopaiModel.NameLength);
            installation.Property(i => i.Revision).IsConcurrencyToken();
            List(installation.Property(i => i.Lock));
            List(installation.Property(i => i.StagedLock));
            List(installation.Property(i => i.SecretNames));
            installation.HasIndex(i => new { i.OrganizationId, i.Key }).IsUnique();
        });
        builder.Entity<PluginAttachment>(attachment =>
        {
            attachment.ToTable("plugin_attachments");
            attachment.Property(a => a.Id).ValueGeneratedNever();
            attachment.Property(a => a.Scope).HasConversion<string>().HasMaxLength(16);
            attachment.HasIndex(a => new { a.TaskId, a.Position });
            attachment.HasIndex(a => a.OrganizationId);
            attachment.HasOne<PluginInstallation>().WithMany().HasForeignKey(a => a.InstallationId).OnDelete(DeleteBehavior.Restrict);
            attachment.HasOne<TaskDefinition>().WithMany().HasForeignKey(a => a.TaskId).OnDelete(DeleteBehavior.Restrict);
        });
        builder.Entity<PluginVerdict>(verdict =>
        {
            verdict.ToTable("plugin_verdicts");
            verdict.Property(v => v.Id).ValueGeneratedNever();
            verdict.Property(v => v.Key).HasMaxLength(PluginInstallation.MaxKeyLength);
            verdict.Property(v => v.Version).HasMaxLength(PluginVersion.MaxVersionLength);
            verdict.Property(v => v.Verdict).HasConversion<string>().HasMaxLength(16);
            verdict.Property(v => v.Reason).HasMaxLength(PluginVerdict.MaxReasonLength);
            verdict.HasIndex(v => new { v.InstallationId, v.Id });
            verdict.HasIndex(v => v.ExecutionId);
            verdict.HasIndex(v => new { v.OrganizationId, v.At });
        });
        builder.Entity<PluginHealth>(health =>
        {
            health.ToTable("plugin_health");
            health.HasKey(h => new { h.InstallationId, h.Version, h.StartsAt });
            health.Property(h => h.Version).HasMaxLength(PluginVersion.MaxVersionLength);
            health.HasIndex(h => new { h.OrganizationId, h.StartsAt });
        });
    }

    private static void List<T>(PropertyBuilder<IReadOnlyList<T>> list) => list.HasConversion(
        rows => JsonSerializer.Serialize(rows, JsonSerializerOptions.Web), text => JsonSerializer.Deserialize<List<T>>(text, JsonSerializerOptions.Web)!,
        new ValueComparer<IReadOnlyList<T>>((a, b) => a!.SequenceEqual(b!), rows => rows.Count, rows => rows.ToList()));
}
