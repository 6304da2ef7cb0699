using System;
using Microsoft.EntityFrameworkCore.Migrations;

#nullable disable

namespace Loopai.Infrastructure.SqlServer.Migrations
{
    /// <inheritdoc />
    public partial class AddPluginPublishing : Migration
    {
        /// <inheritdoc />
        protected override void Up(MigrationBuilder migrationBuilder)
        {
            migrationBuilder.CreateTable(
                name: "plugin_review_policies",
                columns: table => new
                {
                    organization_id = table.Column<Guid>(type: "uniqueidentifier", nullable: false),
                    rule = table.Column<string>(type: "nvarchar(32)", maxLength: 32, nullable: false)
                },
                constraints: table =>
                {
                    table.PrimaryKey("pk_plugin_review_policies", x => x.organization_id);
                });

            migrationBuilder.CreateTable(
                name: "plugin_signing_keys",
                columns: table => new
                {
                    id = table.Column<string>(type: "nvarchar(32)", maxLength: 32, nullable: false),
                    public_key = table.Column<byte[]>(type: "varbinary(max)", nullable: false),
                    protected_private_key = table.Column<byte[]>(type: "varbinary(max)", nullable: true),
                    created_at = table.Column<DateTimeOffset>(type: "datetimeoffset", nullable: false),
                    retired_at = table.Column<DateTimeOffset>(type: "datetimeoffset", nullable: true)
                },
                constraints: table =>
                {
                    table.PrimaryKey("pk_plugin_signing_keys", x => x.id);
                });

            migrationBuilder.CreateTable(
                name: "plugin_submissions",
                columns: table => new
                {
                    id = table.Column<Guid>(type: "uniqueidentifier", nullable: false),
                    organization_id = table.Column<Guid>(type: "uniqueidentifier", nullable: false),
                    key = table.Column<string>(type: "nvarchar(101)", maxLength: 101, nullable: true),
                    version = table.Column<string>(type: "nvarchar(64)", maxLength: 64, nullable: true),
                    sha256 = table.Column<string>(type: "nvarchar(64)", maxLength: 64, nullable: false),
                    size = table.Column<int>(type: "int", nullable: false),
                    is_public = table.Column<bool>(type: "bit", nullable: false),
                    state = table.Column<string>(type: "nvarchar(16)", maxLength: 16, nullable: false),
                    run = table.Column<int>(type: "int", nullable: false),
                    source = table.Column<string>(type: "nvarchar(16)", maxLength: 16, nullable: false),
                    provenance = table.Column<string>(type: "nvarchar(max)", nullable: true),
                    created_by_id = table.Column<Guid>(type: "uniqueidentifier", nullable: true),
                    created_by = table.Column<string>(type: "nvarchar(200)", maxLength: 200, nullable: false),
                    created_at = table.Column<DateTimeOffset>(type: "datetimeoffset", nullable: false),
                    finished_at = table.Column<DateTimeOffset>(type: "datetimeoffset", nullable: true),
                    appeal = table.Column<string>(type: "nvarchar(2000)", maxLength: 2000, nullable: true),
                    plugin_version_id = table.Column<Guid>(type: "uniqueidentifier", nullable: true),
                    lease_until = table.Column<DateTimeOffset>(type: "datetimeoffset", nullable: true),
                    revision = table.Column<int>(type: "int", nullable: false)
                },
                constraints: table =>
                {
                    table.PrimaryKey("pk_plugin_submissions", x => x.id);
                });

            migrationBuilder.CreateTable(
                name: "plugin_submission_events",
                columns: table => new
                {
                    id = table.Column<Guid>(type: "uniqueidentifier", nullable: false),
                    submission_id = table.Column<Guid>(type: "uniqueidentifier", nullable: false),
                    organization_id = table.Column<Guid>(type: "uniqueidentifier", nullable: false),
                    kind = table.Column<string>(type: "nvarchar(16)", maxLength: 16, nullable: false),
                    text = table.Column<string>(type: "nvarchar(2000)", maxLength: 2000, nullable: true),
                    by = table.Column<string>(type: "nvarchar(200)", maxLength: 200, nullable: false),
                    at = table.Column<DateTimeOffset>(type: "datetimeoffset", nullable: false)
                },
                constraints: table =>
                {
                    table.PrimaryKey("pk_plugin_submission_events", x => x.id);
                    table.ForeignKey(
                        name: "fk_plugin_submission_events_plugin_submissions_submission_id",
                        column: x => x.submission_id,
                        principalTable: "plugin_submissions",
                        principalColumn: "id",
                        onDelete: ReferentialAction.Restrict);
                });

            migrationBuilder.CreateTable(
                name: "plugin_submission_packages",
                columns: table => new
                {
                    submission_id = table.Column<Guid>(type: "uniqueidentifier", nullable: false),
                    organization_id = table.Column<Guid>(type: "uniqueidentifier", nullable: false),
                    bytes = table.Column<byte[]>(type: "varbinary(max)", nullable: false)
                },
                constraints: table =>
                {
                    table.PrimaryKey("pk_plugin_submission_packages", x => x.submission_id);
                    table.ForeignKey(
                        name: "fk_plugin_submission_packages_plugin_submissions_submission_id",
                        column: x => x.submission_id,
                        principalTable: "plugin_submissions",
                        principalColumn: "id",
                        onDelete: ReferentialAction.Restrict);
                });

            migrationBuilder.CreateTable(
                name: "plugin_submission_steps",
                columns: table => new
                {
                    id = table.Column<Guid>(type: "uniqueidentifier", nullable: false),
                    submission_id = table.Column<Guid>(type: "uniqueidentifier", nullable: false),
                    organization_id = table.Column<Guid>(type: "uniqueidentifier", nullable: false),
                    step = table.Column<string>(type: "nvarchar(16)", maxLength: 16, nullable: false),
                    run = table.Column<int>(type: "int", nullable: false),
                    state = table.Column<string>(type: "nvarchar(16)", maxLength: 16, nullable: false),
                    started_at = table.Column<DateTimeOffset>(type: "datetimeoffset", nullable: true),
                    finished_at = table.Column<DateTimeOffset>(type: "datetimeoffset", nullable: true),
                    log = table.Column<string>(type: "nvarchar(max)", nullable: false),
                    findings = table.Column<string>(type: "nvarchar(max)", nullable: false),
                    fault = table.Column<string>(type: "nvarchar(max)", nullable: true)
                },
                constraints: table =>
                {
                    table.PrimaryKey("pk_plugin_submission_steps", x => x.id);
                    table.ForeignKey(
                        name: "fk_plugin_submission_steps_plugin_submissions_submission_id",
                        column: x => x.submission_id,
                        principalTable: "plugin_submissions",
                        principalColumn: "id",
                        onDelete: ReferentialAction.Restrict);
                });

            migrationBuilder.CreateIndex(
                name: "ix_plugin_submission_events_submission_id_id",
                table: "plugin_submission_events",
                columns: new[] { "submission_id", "id" });

            migrationBuilder.CreateIndex(
                name: "ix_plugin_submission_steps_submission_id_run_step",
                table: "plugin_submission_steps",
                columns: new[] { "submission_id", "run", "step" },
                unique: true);

            migrationBuilder.CreateIndex(
                name: "ix_plugin_submissions_organization_id_id",
                table: "plugin_submissions",
                columns: new[] { "organization_id", "id" });

            migrationBuilder.CreateIndex(
                name: "ix_plugin_submissions_state_created_at",
                table: "plugin_submissions",
                columns: new[] { "state", "created_at" });
        }

        /// <inheritdoc />
        protected override void Down(MigrationBuilder migrationBuilder)
        {
            migrationBuilder.DropTable(
                name: "plugin_review_policies");

            migrationBuilder.DropTable(
                name: "plugin_signing_keys");

            migrationBuilder.DropTable(
                name: "plugin_submission_events");

            migrationBuilder.DropTable(
                name: "plugin_submission_packages");

            migrationBuilder.DropTable(
                name: "plugin_submission_steps");

            migrationBuilder.DropTable(
                name: "plugin_submissions");
        }
    }
}
