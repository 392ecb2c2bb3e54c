BEGIN TRANSACTION;
CREATE TABLE alembic_version (version_num VARCHAR(32) NOT NULL PRIMARY KEY);
INSERT INTO "alembic_version" VALUES('0002');
CREATE TABLE attempts (
	job_id INTEGER NOT NULL, 
	number INTEGER NOT NULL, 
	started_at BIGINT NOT NULL, 
	ended_at BIGINT, 
	state TEXT NOT NULL, 
	cause TEXT, 
	process TEXT, 
	spool_offset BIGINT NOT NULL, 
	progress TEXT, 
	usage TEXT, 
	token TEXT, 
	CONSTRAINT pk_attempts PRIMARY KEY (job_id, number), 
	CONSTRAINT fk_attempts_job_id FOREIGN KEY(job_id) REFERENCES jobs (id) ON DELETE CASCADE
);
INSERT INTO "attempts" VALUES(1,1,1795712377863211,1795712384178608,'Completed',NULL,'{"pid":22801,"birth":"a6b2908a-90fe-4b95-822d-b85e226363a4/1209469","marker":"@PROJECT@/.jupyter-ml/jobs/polite_hazel_6j2jtp/1"}',1707,'{"cells_done":3,"cells_total":3,"cell":null,"left_s":null}','{"cpu_percent":98.7,"memory_bytes":204181504}','0fbd3761a9e0ccb9');
INSERT INTO "attempts" VALUES(2,1,1795712378245010,1795712380396138,'Failed','{"kind":"command","message":"The command ended with exit code 3.","hint":"Its log tells more.","cell":null,"cell_source":null,"exception":null,"value":null,"traceback":[],"signal":null,"exit_code":3}','{"pid":22802,"birth":"a6b2908a-90fe-4b95-822d-b85e226363a4/1209470","marker":"@PROJECT@/.jupyter-ml/jobs/amber_swan_p3t6bd/1"}',316,'{"cells_done":0,"cells_total":0,"cell":null,"left_s":null}',NULL,'c29fe9cf6bb92c17');
CREATE TABLE events (
	sequence INTEGER NOT NULL PRIMARY KEY AUTOINCREMENT, 
	time BIGINT NOT NULL, 
	type TEXT NOT NULL, 
	noun TEXT NOT NULL, 
	name TEXT NOT NULL, 
	data TEXT NOT NULL
);
INSERT INTO "events" VALUES(1,1795712377314225,'job_created','job','polite_hazel_6j2jtp','{"state":"NotStarted","attempt":0,"type":"notebook","experiment_name":"ws"}');
INSERT INTO "events" VALUES(2,1795712377344567,'job_state_changed','job','polite_hazel_6j2jtp','{"state":"Queued","attempt":0,"type":"notebook","experiment_name":"ws"}');
INSERT INTO "events" VALUES(3,1795712377863211,'job_state_changed','job','polite_hazel_6j2jtp','{"state":"Preparing","attempt":1,"type":"notebook","experiment_name":"ws"}');
INSERT INTO "events" VALUES(4,1795712378195114,'job_created','job','amber_swan_p3t6bd','{"state":"NotStarted","attempt":0,"type":"command","experiment_name":"ws"}');
INSERT INTO "events" VALUES(5,1795712378222255,'job_state_changed','job','amber_swan_p3t6bd','{"state":"Queued","attempt":0,"type":"command","experiment_name":"ws"}');
INSERT INTO "events" VALUES(6,1795712378245010,'job_state_changed','job','amber_swan_p3t6bd','{"state":"Preparing","attempt":1,"type":"command","experiment_name":"ws"}');
INSERT INTO "events" VALUES(7,1795712380286980,'job_state_changed','job','amber_swan_p3t6bd','{"state":"Running","attempt":1,"type":"command","experiment_name":"ws"}');
INSERT INTO "events" VALUES(8,1795712380361166,'job_state_changed','job','amber_swan_p3t6bd','{"state":"Finalizing","attempt":1,"type":"command","experiment_name":"ws"}');
INSERT INTO "events" VALUES(9,1795712380396138,'job_state_changed','job','amber_swan_p3t6bd','{"state":"Failed","attempt":1,"type":"command","experiment_name":"ws"}');
INSERT INTO "events" VALUES(10,1795712380739345,'job_state_changed','job','polite_hazel_6j2jtp','{"state":"Running","attempt":1,"type":"notebook","experiment_name":"ws"}');
INSERT INTO "events" VALUES(11,1795712384131858,'job_state_changed','job','polite_hazel_6j2jtp','{"state":"Finalizing","attempt":1,"type":"notebook","experiment_name":"ws"}');
INSERT INTO "events" VALUES(12,1795712384178608,'job_state_changed','job','polite_hazel_6j2jtp','{"state":"Completed","attempt":1,"type":"notebook","experiment_name":"ws"}');
INSERT INTO "events" VALUES(13,1795712395489940,'job_archived','job','amber_swan_p3t6bd','{"state":"Failed","attempt":1,"type":"command","experiment_name":"ws"}');
CREATE TABLE experiments (
	name TEXT NOT NULL, 
	description TEXT, 
	created_at BIGINT NOT NULL, 
	archived BOOLEAN NOT NULL, 
	CONSTRAINT pk_experiments PRIMARY KEY (name)
);
INSERT INTO "experiments" VALUES('ws',NULL,1795712377315739,0);
CREATE TABLE job_details (
	job_id INTEGER NOT NULL, 
	description TEXT, 
	tags TEXT NOT NULL, 
	parameters TEXT NOT NULL, 
	snapshot TEXT, 
	spec TEXT, 
	cause TEXT, 
	warnings TEXT, 
	request TEXT, 
	CONSTRAINT pk_job_details PRIMARY KEY (job_id), 
	CONSTRAINT fk_job_details_job_id FOREIGN KEY(job_id) REFERENCES jobs (id) ON DELETE CASCADE
);
INSERT INTO "job_details" VALUES(1,NULL,'{"team":"a"}','{"alpha":0.7}','5ee437afc1dfebf45109e464686ef314ebc59f0f7daebfe09604d9870fbdad54','{"name":null,"display_name":null,"experiment_name":null,"description":null,"tags":{"team":"a"},"compute":"local","environment_variables":{},"pass_environment":[],"inputs":{},"outputs":{},"code":"@PROJECT@","keep_files":null,"limits":{"timeout":null,"cell_timeout":null},"retries":0,"priority":"medium","secrets":[],"type":"notebook","notebook":"@PROJECT@/train.ipynb","parameters":{"alpha":0.7},"kernel_name":null}',NULL,NULL,NULL);
INSERT INTO "job_details" VALUES(2,NULL,'{}','{}',NULL,'{"name":null,"display_name":null,"experiment_name":null,"description":null,"tags":{},"compute":"local","environment_variables":{},"pass_environment":[],"inputs":{},"outputs":{},"code":null,"keep_files":null,"limits":{"timeout":null,"cell_timeout":null},"retries":0,"priority":"medium","secrets":[],"type":"command","command":"echo before && exit 3"}','{"kind":"command","message":"The command ended with exit code 3.","hint":"Its log tells more.","cell":null,"cell_source":null,"exception":null,"value":null,"traceback":[],"signal":null,"exit_code":3}',NULL,NULL);
CREATE TABLE job_metrics (
	"key" TEXT NOT NULL, 
	job_id INTEGER NOT NULL, 
	value DOUBLE, 
	step BIGINT NOT NULL, 
	time BIGINT NOT NULL, 
	CONSTRAINT pk_job_metrics PRIMARY KEY ("key", job_id), 
	CONSTRAINT fk_job_metrics_job_id FOREIGN KEY(job_id) REFERENCES jobs (id) ON DELETE CASCADE
)
 WITHOUT ROWID

;
INSERT INTO "job_metrics" VALUES('rmse',1,1.4,0,1795712382906000);
CREATE TABLE job_params (
	"key" TEXT NOT NULL, 
	job_id INTEGER NOT NULL, 
	text TEXT NOT NULL, 
	number DOUBLE, 
	CONSTRAINT pk_job_params PRIMARY KEY ("key", job_id), 
	CONSTRAINT fk_job_params_job_id FOREIGN KEY(job_id) REFERENCES jobs (id) ON DELETE CASCADE
)
 WITHOUT ROWID

;
INSERT INTO "job_params" VALUES('alpha',1,'0.7',0.7);
CREATE TABLE job_tags (
	"key" TEXT NOT NULL, 
	job_id INTEGER NOT NULL, 
	text TEXT NOT NULL, 
	CONSTRAINT pk_job_tags PRIMARY KEY ("key", job_id), 
	CONSTRAINT fk_job_tags_job_id FOREIGN KEY(job_id) REFERENCES jobs (id) ON DELETE CASCADE
)
 WITHOUT ROWID

;
INSERT INTO "job_tags" VALUES('team',1,'a');
CREATE TABLE jobs (
	id INTEGER NOT NULL PRIMARY KEY AUTOINCREMENT, 
	shelf SMALLINT NOT NULL, 
	state TEXT NOT NULL, 
	type TEXT NOT NULL, 
	experiment_name TEXT NOT NULL, 
	created_at BIGINT NOT NULL, 
	started_at BIGINT, 
	ended_at BIGINT, 
	name TEXT NOT NULL, 
	display_name TEXT NOT NULL, 
	search TEXT NOT NULL, 
	compute TEXT, 
	host TEXT, 
	priority SMALLINT NOT NULL, 
	attempt INTEGER NOT NULL, 
	retries INTEGER NOT NULL, 
	cancel_requested_at BIGINT, 
	run_id TEXT, 
	external BOOLEAN NOT NULL, 
	user TEXT, 
	CONSTRAINT fk_jobs_experiment_name FOREIGN KEY(experiment_name) REFERENCES experiments (name), 
	CONSTRAINT uq_jobs_name UNIQUE (name), 
	CONSTRAINT uq_jobs_run_id UNIQUE (run_id)
);
INSERT INTO "jobs" VALUES(1,0,'Completed','notebook','ws',1795712377314019,1795712377863211,1795712384178608,'polite_hazel_6j2jtp','polite_hazel','polite_hazel_6j2jtp
polite_hazel','local',NULL,1,1,0,NULL,'de2a711b2c264a77a613c6082f87fc92',0,'ada');
INSERT INTO "jobs" VALUES(2,1,'Failed','command','ws',1795712378195037,1795712378245010,1795712380396138,'amber_swan_p3t6bd','amber_swan','amber_swan_p3t6bd
amber_swan','local',NULL,1,1,0,NULL,'402a0df879a9421fab742cb8465caffd',0,'ada');
CREATE INDEX ix_jobs_state ON jobs (state, id, shelf);
CREATE INDEX ix_jobs_shelf ON jobs (shelf, id);
CREATE INDEX ix_jobs_created_at ON jobs (created_at, id, shelf);
CREATE INDEX ix_jobs_experiment_name ON jobs (experiment_name, id, shelf);
CREATE INDEX ix_jobs_queue ON jobs (state, compute, priority DESC, id);
CREATE INDEX ix_jobs_experiment ON jobs (experiment_name, shelf, created_at);
CREATE INDEX ix_jobs_ended_at ON jobs (ended_at, id, shelf);
CREATE INDEX ix_jobs_display_name ON jobs (display_name, id, shelf);
CREATE INDEX ix_jobs_name ON jobs (name, id, shelf);
CREATE INDEX ix_jobs_canceled ON jobs (state) WHERE cancel_requested_at IS NOT NULL;
CREATE INDEX ix_jobs_started_at ON jobs (started_at, id, shelf);
CREATE INDEX ix_job_params_value ON job_params ("key", number, text, job_id);
CREATE INDEX ix_job_params_job_id ON job_params (job_id);
CREATE INDEX ix_job_metrics_job_id ON job_metrics (job_id);
CREATE INDEX ix_job_metrics_value ON job_metrics ("key", value, job_id);
CREATE INDEX ix_job_tags_job_id ON job_tags (job_id);
DELETE FROM "sqlite_sequence";
INSERT INTO "sqlite_sequence" VALUES('jobs',2);
INSERT INTO "sqlite_sequence" VALUES('events',13);
COMMIT;
