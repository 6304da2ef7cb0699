using System;
using Microsoft.EntityFrameworkCore.Migrations;

#nullable disable

namespace Loopai.Infrastructure.SqlServer.Migrations
{
    /// <inheritdoc />
    public partial class AuditChain : Migration
    {
        /// <inheritdoc />
        protected override void Up(MigrationBuilder migrationBuilder)
        {
            migrationBuilder.DropIndex(
                name: "ix_audit_events_organization_id_at",
                table: "audit_events");

            migrationBuilder.AddColumn<string>(
                name: "address",
                table: "audit_events",
                type: "nvarchar(64)",
                maxLength: 64,
                nullable: true);

            migrationBuilder.AddColumn<string>(
                name: "after",
                table: "audit_events",
                type: "nvarchar(max)",
                nullable: true);

            migrationBuilder.AddColumn<string>(
                name: "before",
                table: "audit_events",
                type: "nvarchar(max)",
                nullable: true);

            migrationBuilder.AddColumn<int>(
                name: "count",
                table: "audit_events",
                type: "int",
                nullable: false,
                defaultValue: 1);

            migrationBuilder.AddColumn<string>(
                name: "object_name",
                table: "audit_events",
                type: "nvarchar(200)",
                maxLength: 200,
                nullable: true);

            migrationBuilder.AddColumn<Guid>(
                name: "on_behalf_of_id",
                table: "audit_events",
                type: "uniqueidentifier",
                nullable: true);

            migrationBuilder.AddColumn<string>(
                name: "on_behalf_of_name",
                table: "audit_events",
                type: "nvarchar(200)",
                maxLength: 200,
                nullable: true);

            migrationBuilder.AddColumn<string>(
                name: "reason",
                table: "audit_events",
                type: "nvarchar(500)",
                maxLength: 500,
                nullable: true);

            migrationBuilder.AddColumn<string>(
                name: "result",
                table: "audit_events",
                type: "nvarchar(16)",
                maxLength: 16,
                nullable: false,
                defaultValue: "Success");

            migrationBuilder.AddColumn<string>(
                name: "user_agent",
                table: "audit_events",
                type: "nvarchar(500)",
                maxLength: 500,
                nullable: true);

            migrationBuilder.CreateTable(
                name: "audit_checkpoints",
                columns: table => new
                {
                    organization_id = table.Column<Guid>(type: "uniqueidentifier", nullable: false),
                    sequence = table.Column<long>(type: "bigint", nullable: false),
                    hash = table.Column<byte[]>(type: "varbinary(32)", maxLength: 32, nullable: false),
                    at = table.Column<DateTimeOffset>(type: "datetimeoffset", nullable: false),
                    key_id = table.Column<string>(type: "nvarchar(32)", maxLength: 32, nullable: false),
                    signature = table.Column<byte[]>(type: "varbinary(128)", maxLength: 128, nullable: false)
                },
                constraints: table =>
                {
                    table.PrimaryKey("pk_audit_checkpoints", x => new { x.organization_id, x.sequence });
                });

            migrationBuilder.CreateTable(
                name: "audit_logs",
                columns: table => new
                {
                    organization_id = table.Column<Guid>(type: "uniqueidentifier", nullable: false),
                    last_sequence = table.Column<long>(type: "bigint", nullable: false),
                    last_hash = table.Column<byte[]>(type: "varbinary(32)", maxLength: 32, nullable: false),
                    checkpoint_sequence = table.Column<long>(type: "bigint", nullable: false),
                    checkpoint_at = table.Column<DateTimeOffset>(type: "datetimeoffset", nullable: true),
                    sealed_at = table.Column<DateTimeOffset>(type: "datetimeoffset", nullable: true)
                },
                constraints: table =>
                {
                    table.PrimaryKey("pk_audit_logs", x => x.organization_id);
                });

            migrationBuilder.CreateTable(
                name: "audit_pending",
                columns: table => new
                {
                    organization_id = table.Column<Guid>(type: "uniqueidentifier", nullable: false),
                    event_id = table.Column<Guid>(type: "uniqueidentifier", nullable: false)
                },
                constraints: table =>
                {
                    table.PrimaryKey("pk_audit_pending", x => new { x.organization_id, x.event_id });
                });

            migrationBuilder.CreateTable(
                name: "audit_seals",
                columns: table => new
                {
                    organization_id = table.Column<Guid>(type: "uniqueidentifier", nullable: false),
                    sequence = table.Column<long>(type: "bigint", nullable: false),
                    event_id = table.Column<Guid>(type: "uniqueidentifier", nullable: false),
                    hash = table.Column<byte[]>(type: "varbinary(32)", maxLength: 32, nullable: false),
                    sealed_at = table.Column<DateTimeOffset>(type: "datetimeoffset", nullable: false)
                },
                constraints: table =>
                {
                    table.PrimaryKey("pk_audit_seals", x => new { x.organization_id, x.sequence });
                });

            migrationBuilder.CreateTable(
                name: "audit_signing_keys",
                columns: table => new
                {
                    id = table.Column<string>(type: "nvarchar(32)", maxLength: 32, nullable: false),
                    public_key = table.Column<string>(type: "nvarchar(500)", maxLength: 500, nullable: false),
                    protected_private_key = table.Column<byte[]>(type: "varbinary(max)", nullable: false),
                    created_at = table.Column<DateTimeOffset>(type: "datetimeoffset", nullable: false)
                },
                constraints: table =>
                {
                    table.PrimaryKey("pk_audit_signing_keys", x => x.id);
                });

            migrationBuilder.CreateTable(
                name: "audit_streams",
                columns: table => new
                {
                    id = table.Column<Guid>(type: "uniqueidentifier", nullable: false),
                    organization_id = table.Column<Guid>(type: "uniqueidentifier", nullable: false),
                    name = table.Column<string>(type: "nvarchar(200)", maxLength: 200, nullable: false),
                    kind = table.Column<string>(type: "nvarchar(16)", maxLength: 16, nullable: false),
                    url = table.Column<string>(type: "nvarchar(500)", maxLength: 500, nullable: false),
                    protected_secret = table.Column<byte[]>(type: "varbinary(max)", nullable: false),
                    is_enabled = table.Column<bool>(type: "bit", nullable: false),
                    cursor = table.Column<long>(type: "bigint", nullable: false),
                    attempts = table.Column<int>(type: "int", nullable: false),
                    next_attempt_at = table.Column<DateTimeOffset>(type: "datetimeoffset", nullable: true),
                    lease_until = table.Column<DateTimeOffset>(type: "datetimeoffset", nullable: true),
                    delivered_at = table.Column<DateTimeOffset>(type: "datetimeoffset", nullable: true),
                    last_error = table.Column<string>(type: "nvarchar(500)", maxLength: 500, nullable: true),
                    created_by = table.Column<string>(type: "nvarchar(200)", maxLength: 200, nullable: false),
                    created_at = table.Column<DateTimeOffset>(type: "datetimeoffset", nullable: false)
                },
                constraints: table =>
                {
                    table.PrimaryKey("pk_audit_streams", x => x.id);
                });

            migrationBuilder.CreateIndex(
                name: "ix_audit_events_organization_id_action_at",
                table: "audit_events",
                columns: new[] { "organization_id", "action", "at" });

            migrationBuilder.CreateIndex(
                name: "ix_audit_events_organization_id_actor_id_at",
                table: "audit_events",
                columns: new[] { "organization_id", "actor_id", "at" });

            migrationBuilder.CreateIndex(
                name: "ix_audit_events_organization_id_at_id",
                table: "audit_events",
                columns: new[] { "organization_id", "at", "id" });

            migrationBuilder.CreateIndex(
                name: "ix_audit_events_organization_id_object_id_at",
                table: "audit_events",
                columns: new[] { "organization_id", "object_id", "at" });

            migrationBuilder.CreateIndex(
                name: "ix_audit_seals_event_id",
                table: "audit_seals",
                column: "event_id",
                unique: true);

            migrationBuilder.CreateIndex(
                name: "ix_audit_streams_organization_id",
                table: "audit_streams",
                column: "organization_id");
        }

        /// <inheritdoc />
        protected override void Down(MigrationBuilder migrationBuilder)
        {
            migrationBuilder.DropTable(
                name: "audit_checkpoints");

            migrationBuilder.DropTable(
                name: "audit_logs");

            migrationBuilder.DropTable(
                name: "audit_pending");

            migrationBuilder.DropTable(
                name: "audit_seals");

            migrationBuilder.DropTable(
                name: "audit_signing_keys");

            migrationBuilder.DropTable(
                name: "audit_streams");

            migrationBuilder.DropIndex(
                name: "ix_audit_events_organization_id_action_at",
                table: "audit_events");

            migrationBuilder.DropIndex(
                name: "ix_audit_events_organization_id_actor_id_at",
                table: "audit_events");

            migrationBuilder.DropIndex(
                name: "ix_audit_events_organization_id_at_id",
                table: "audit_events");

            migrationBuilder.DropIndex(
                name: "ix_audit_events_organization_id_object_id_at",
                table: "audit_events");

            migrationBuilder.DropColumn(
                name: "address",
                table: "audit_events");

            migrationBuilder.DropColumn(
                name: "after",
                table: "audit_events");

            migrationBuilder.DropColumn(
                name: "before",
                table: "audit_events");

            migrationBuilder.DropColumn(
                name: "count",
                table: "audit_events");

            migrationBuilder.DropColumn(
                name: "object_name",
                table: "audit_events");

            migrationBuilder.DropColumn(
                name: "on_behalf_of_id",
                table: "audit_events");

            migrationBuilder.DropColumn(
                name: "on_behalf_of_name",
                table: "audit_events");

            migrationBuilder.DropColumn(
                name: "reason",
                table: "audit_events");

            migrationBuilder.DropColumn(
                name: "result",
                table: "audit_events");

            migrationBuilder.DropColumn(
                name: "user_agent",
                table: "audit_events");

            migrationBuilder.CreateIndex(
                name: "ix_audit_events_organization_id_at",
                table: "audit_events",
                columns: new[] { "organization_id", "at" });
        }
    }
}
