using Loopai.Core.Audit.Streaming;
using Microsoft.EntityFrameworkCore;

namespace Loopai.Core.Audit;

/// <summary>The tables of the audit log.</summary>
internal static class AuditModel
{
    private const int NameLength = 200;
    private const int TextLength = 500;

    public static void Configure(ModelBuilder builder)
    {
        builder.Entity<AuditEvent>(audit =>
        {
            audit.ToTable("audit_events");
            audit.Property(a => a.Id).ValueGeneratedNever();
            audit.Property(a => a.Action).HasMaxLength(64);
            audit.Property(a => a.Result).HasConversion<string>().HasMaxLength(16).HasDefaultValue(AuditResult.Success).HasSentinel((AuditResult)(-1));
            audit.Property(a => a.Reason).HasMaxLength(TextLength);
            audit.Property(a => a.ActorKind).HasMaxLength(16);
            audit.Property(a => a.ActorName).HasMaxLength(NameLength);
            audit.Property(a => a.OnBehalfOfName).HasMaxLength(NameLength);
            audit.Property(a => a.Address).HasMaxLength(64);
            audit.Property(a => a.UserAgent).HasMaxLength(TextLength);
            audit.Property(a => a.ObjectKind).HasMaxLength(32);
            audit.Property(a => a.ObjectId).HasMaxLength(64);
            audit.Property(a => a.ObjectName).HasMaxLength(NameLength);
            audit.Property(a => a.Count).HasDefaultValue(1).HasSentinel(-1);
            audit.Property(a => a.TraceId).HasMaxLength(32);
            audit.HasIndex(a => new { a.OrganizationId, a.At, a.Id });
            audit.HasIndex(a => new { a.OrganizationId, a.ActorId, a.At });
            audit.HasIndex(a => new { a.OrganizationId, a.ObjectId, a.At });
            audit.HasIndex(a => new { a.OrganizationId, a.Action, a.At });
        });
        builder.Entity<AuditPending>(pending =>
        {
            pending.ToTable("audit_pending");
            pending.HasKey(p => new { p.OrganizationId, p.EventId });
        });
        builder.Entity<AuditSeal>(seal =>
        {
            seal.ToTable("audit_seals");
            seal.HasKey(s => new { s.OrganizationId, s.Sequence });
            seal.Property(s => s.Hash).HasMaxLength(AuditText.HashLength);
            seal.HasIndex(s => s.EventId).IsUnique();
        });
        builder.Entity<AuditLog>(log =>
        {
            log.ToTable("audit_logs");
            log.HasKey(l => l.OrganizationId);
            log.Property(l => l.OrganizationId).ValueGeneratedNever();
            log.Property(l => l.LastHash).HasMaxLength(AuditText.HashLength);
        });
        builder.Entity<AuditCheckpoint>(checkpoint =>
        {
            checkpoint.ToTable("audit_checkpoints");
            checkpoint.HasKey(c => new { c.OrganizationId, c.Sequence });
            checkpoint.Property(c => c.Hash).HasMaxLength(AuditText.HashLength);
            checkpoint.Property(c => c.KeyId).HasMaxLength(32);
            checkpoint.Property(c => c.Signature).HasMaxLength(128);
        });
        builder.Entity<AuditStream>(stream =>
        {
            stream.ToTable("audit_streams");
            stream.Property(s => s.Id).ValueGeneratedNever();
            stream.Property(s => s.Name).HasMaxLength(NameLength);
            stream.Property(s => s.Kind).HasConversion<string>().HasMaxLength(16);
            stream.Property(s => s.Url).HasMaxLength(TextLength);
            stream.Property(s => s.LastError).HasMaxLength(TextLength);
            stream.Property(s => s.CreatedBy).HasMaxLength(NameLength);
            stream.HasIndex(s => s.OrganizationId);
        });
        builder.Entity<AuditSigningKey>(key =>
        {
            key.ToTable("audit_signing_keys");
            key.Property(k => k.Id).HasMaxLength(32);
            key.Property(k => k.PublicKey).HasMaxLength(TextLength);
        });
    }
}
