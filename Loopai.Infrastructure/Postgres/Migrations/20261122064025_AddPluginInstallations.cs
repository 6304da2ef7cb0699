using System;
using Microsoft.EntityFrameworkCore.Migrations;

#nullable disable

namespace Loopai.Infrastructure.Postgres.Migrations
{
    /// <inheritdoc />
    public partial class AddPluginInstallations : Migration
    {
        /// <inheritdoc />
        protected override void Up(MigrationBuilder migrationBuilder)
        {
            migrationBuilder.AddColumn<Guid>(
                name: "handler_id",
                table: "webhook_subscriptions",
                type: "uuid",
                nullable: true);

            migrationBuilder.CreateTable(
                name: "plugin_health",
                columns: table => new
                {
                    installation_id = table.Column<Guid>(type: "uuid", nullable: false),
                    version = table.Column<string>(type: "character varying(64)", maxLength: 64, nullable: false),
                    starts_at = table.Column<DateTimeOffset>(type: "timestamp with time zone", nullable: false),
                    organization_id = table.Column<Guid>(type: "uuid", nullable: false),
                    calls = table.Column<long>(type: "bigint", nullable: false),
                    failures = table.Column<long>(type: "bigint", nullable: false),
                    timed_out = table.Column<long>(type: "bigint", nullable: false),
                    latency_us = table.Column<long>(type: "bigint", nullable: false),
                    slowest_us = table.Column<long>(type: "bigint", nullable: false),
                    passed = table.Column<long>(type: "bigint", nullable: false),
                    found = table.Column<long>(type: "bigint", nullable: false),
                    dropped = table.Column<long>(type: "bigint", nullable: false)
                },
                constraints: table =>
                {
                    table.PrimaryKey("pk_plugin_health", x => new { x.installation_id, x.version, x.starts_at });
                });

            migrationBuilder.CreateTable(
                name: "plugin_installations",
                columns: table => new
                {
                    id = table.Column<Guid>(type: "uuid", nullable: false),
                    organization_id = table.Column<Guid>(type: "uuid", nullable: false),
                    plugin_id = table.Column<Guid>(type: "uuid", nullable: false),
                    key = table.Column<string>(type: "character varying(101)", maxLength: 101, nullable: false),
                    kind = table.Column<string>(type: "character varying(16)", maxLength: 16, nullable: false),
                    display_name = table.Column<string>(type: "character varying(200)", maxLength: 200, nullable: false),
                    range = table.Column<string>(type: "character varying(256)", maxLength: 256, nullable: false),
                    version_id = table.Column<Guid>(type: "uuid", nullable: false),
                    version = table.Column<string>(type: "character varying(64)", maxLength: 64, nullable: false),
                    @lock = table.Column<string>(name: "lock", type: "text", nullable: false),
                    configuration = table.Column<string>(type: "text", nullable: false),
                    protected_secrets = table.Column<byte[]>(type: "bytea", nullable: true),
                    secret_names = table.Column<string>(type: "text", nullable: false),
                    is_enabled = table.Column<bool>(type: "boolean", nullable: false),
                    quarantined_at = table.Column<DateTimeOffset>(type: "timestamp with time zone", nullable: true),
                    quarantine_reason = table.Column<string>(type: "character varying(500)", maxLength: 500, nullable: true),
                    last_error = table.Column<string>(type: "character varying(500)", maxLength: 500, nullable: true),
                    last_error_at = table.Column<DateTimeOffset>(type: "timestamp with time zone", nullable: true),
                    staged_version_id = table.Column<Guid>(type: "uuid", nullable: true),
                    staged_version = table.Column<string>(type: "character varying(64)", maxLength: 64, nullable: true),
                    staged_lock = table.Column<string>(type: "text", nullable: false),
                    staged_share = table.Column<double>(type: "double precision", nullable: false),
                    staged_at = table.Column<DateTimeOffset>(type: "timestamp with time zone", nullable: true),
                    revision = table.Column<int>(type: "integer", nullable: false),
                    installed_by_id = table.Column<Guid>(type: "uuid", nullable: true),
                    installed_by = table.Column<string>(type: "character varying(200)", maxLength: 200, nullable: false),
                    installed_at = table.Column<DateTimeOffset>(type: "timestamp with time zone", nullable: false),
                    updated_at = table.Column<DateTimeOffset>(type: "timestamp with time zone", nullable: false)
                },
                constraints: table =>
                {
                    table.PrimaryKey("pk_plugin_installations", x => x.id);
                });

            migrationBuilder.CreateTable(
                name: "plugin_verdicts",
                columns: table => new
                {
                    id = table.Column<Guid>(type: "uuid", nullable: false),
                    organization_id = table.Column<Guid>(type: "uuid", nullable: false),
                    environment_id = table.Column<Guid>(type: "uuid", nullable: false),
                    task_id = table.Column<Guid>(type: "uuid", nullable: false),
                    execution_id = table.Column<Guid>(type: "uuid", nullable: false),
                    installation_id = table.Column<Guid>(type: "uuid", nullable: false),
                    key = table.Column<string>(type: "character varying(101)", maxLength: 101, nullable: false),
                    version = table.Column<string>(type: "character varying(64)", maxLength: 64, nullable: false),
                    verdict = table.Column<string>(type: "character varying(16)", maxLength: 16, nullable: false),
                    reason = table.Column<string>(type: "character varying(500)", maxLength: 500, nullable: true),
                    score = table.Column<double>(type: "double precision", nullable: true),
                    latency_ms = table.Column<double>(type: "double precision", nullable: false),
                    at = table.Column<DateTimeOffset>(type: "timestamp with time zone", nullable: false)
                },
                constraints: table =>
                {
                    table.PrimaryKey("pk_plugin_verdicts", x => x.id);
                });

            migrationBuilder.CreateTable(
                name: "plugin_attachments",
                columns: table => new
                {
                    id = table.Column<Guid>(type: "uuid", nullable: false),
                    organization_id = table.Column<Guid>(type: "uuid", nullable: false),
                    installation_id = table.Column<Guid>(type: "uuid", nullable: false),
                    task_id = table.Column<Guid>(type: "uuid", nullable: false),
                    environment_id = table.Column<Guid>(type: "uuid", nullable: true),
                    position = table.Column<int>(type: "integer", nullable: false),
                    scope = table.Column<string>(type: "character varying(16)", maxLength: 16, nullable: false),
                    stops_at_failure = table.Column<bool>(type: "boolean", nullable: false),
                    is_enabled = table.Column<bool>(type: "boolean", nullable: false),
                    created_at = table.Column<DateTimeOffset>(type: "timestamp with time zone", nullable: false)
                },
                constraints: table =>
                {
                    table.PrimaryKey("pk_plugin_attachments", x => x.id);
                    table.ForeignKey(
                        name: "fk_plugin_attachments_plugin_installations_installation_id",
                        column: x => x.installation_id,
                        principalTable: "plugin_installations",
                        principalColumn: "id",
                        onDelete: ReferentialAction.Restrict);
                    table.ForeignKey(
                        name: "fk_plugin_attachments_tasks_task_id",
                        column: x => x.task_id,
                        principalTable: "tasks",
                        principalColumn: "id",
                        onDelete: ReferentialAction.Restrict);
                });

            migrationBuilder.CreateIndex(
                name: "ix_plugin_attachments_installation_id",
                table: "plugin_attachments",
                column: "installation_id");

            migrationBuilder.CreateIndex(
                name: "ix_plugin_attachments_organization_id",
                table: "plugin_attachments",
                column: "organization_id");

            migrationBuilder.CreateIndex(
                name: "ix_plugin_attachments_task_id_position",
                table: "plugin_attachments",
                columns: new[] { "task_id", "position" });

            migrationBuilder.CreateIndex(
                name: "ix_plugin_health_organization_id_starts_at",
                table: "plugin_health",
                columns: new[] { "organization_id", "starts_at" });

            migrationBuilder.CreateIndex(
                name: "ix_plugin_installations_organization_id_key",
                table: "plugin_installations",
                columns: new[] { "organization_id", "key" },
                unique: true);

            migrationBuilder.CreateIndex(
                name: "ix_plugin_verdicts_execution_id",
                table: "plugin_verdicts",
                column: "execution_id");

            migrationBuilder.CreateIndex(
                name: "ix_plugin_verdicts_installation_id_id",
                table: "plugin_verdicts",
                columns: new[] { "installation_id", "id" });

            migrationBuilder.CreateIndex(
                name: "ix_plugin_verdicts_organization_id_at",
                table: "plugin_verdicts",
                columns: new[] { "organization_id", "at" });
        }

        /// <inheritdoc />
        protected override void Down(MigrationBuilder migrationBuilder)
        {
            migrationBuilder.DropTable(
                name: "plugin_attachments");

            migrationBuilder.DropTable(
                name: "plugin_health");

            migrationBuilder.DropTable(
                name: "plugin_verdicts");

            migrationBuilder.DropTable(
                name: "plugin_installations");

            migrationBuilder.DropColumn(
                name: "handler_id",
                table: "webhook_subscriptions");
        }
    }
}
