CREATE TABLE [Artist]
(
    [ArtistId] INTEGER  NOT NULL,
    [Name] NVARCHAR(120),
    CONSTRAINT [PK_Artist] PRIMARY KEY  ([ArtistId])
);
CREATE TABLE [Album]
(
    [AlbumId] INTEGER  NOT NULL,
    [Title] NVARCHAR(160)  NOT NULL,
    [ArtistId] INTEGER  NOT NULL,
    [Released] DATE,
    [Genre] TEXT CHECK ([Genre] IN ('Rock & Roll', 'Jazz', 'Hip-Hop')) DEFAULT 'Jazz',
    CONSTRAINT [PK_Album] PRIMARY KEY  ([AlbumId]),
    FOREIGN KEY ([ArtistId]) REFERENCES [Artist] ([ArtistId]) 
		ON DELETE NO ACTION ON UPDATE NO ACTION
);
CREATE TABLE [Track]
(
    [TrackId] INTEGER PRIMARY KEY AUTOINCREMENT  NOT NULL,
    [Name] NVARCHAR(200)  NOT NULL,
    [AlbumId] INTEGER,
    [Milliseconds] INTEGER  NOT NULL CHECK ([Milliseconds] >= 0),
    [UnitPrice] NUMERIC(10,2)  NOT NULL,
    [Stars] INTEGER CHECK (Stars IN (1,2,3,4,5)),
    [Explicit] BOOLEAN NOT NULL DEFAULT 0,
    FOREIGN KEY ([AlbumId]) REFERENCES [Album] ([AlbumId]) ON DELETE CASCADE
);
CREATE TABLE [Playlist]
(
    [PlaylistId] INTEGER  NOT NULL,
    [Name] NVARCHAR(120) UNIQUE,
    CONSTRAINT [PK_Playlist] PRIMARY KEY  ([PlaylistId])
);
CREATE TABLE [PlaylistTrack]
(
    [PlaylistId] INTEGER  NOT NULL,
    [TrackId] INTEGER  NOT NULL,
    CONSTRAINT [PK_PlaylistTrack] PRIMARY KEY  ([PlaylistId], [TrackId]),
    FOREIGN KEY ([PlaylistId]) REFERENCES [Playlist] ([PlaylistId]),
    FOREIGN KEY ([TrackId]) REFERENCES [Track] ([TrackId])
);
CREATE UNIQUE INDEX [AlbumTitle] ON [Album] ([ArtistId], [Title]);
CREATE INDEX [IFK_AlbumArtistId] ON [Album] ([ArtistId]);
CREATE TABLE [similar_artists] (
    [artist_id] INTEGER NOT NULL REFERENCES [Artist]([ArtistId]),
    [similar_id] INTEGER NOT NULL REFERENCES [Artist]([ArtistId]),
    PRIMARY KEY ([artist_id], [similar_id])
);
