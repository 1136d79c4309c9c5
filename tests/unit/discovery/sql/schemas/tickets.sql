-- MySQL dump 10.13  Distrib 8.0.36, for Linux (x86_64)
--
-- Host: localhost    Database: desk
-- ------------------------------------------------------
/*!40101 SET @OLD_CHARACTER_SET_CLIENT=@@CHARACTER_SET_CLIENT */;
/*!50503 SET NAMES utf8mb4 */;
/*!40014 SET @OLD_FOREIGN_KEY_CHECKS=@@FOREIGN_KEY_CHECKS, FOREIGN_KEY_CHECKS=0 */;

DROP TABLE IF EXISTS `agents`;
/*!40101 SET @saved_cs_client     = @@character_set_client */;
CREATE TABLE `agents` (
  `id` int unsigned NOT NULL AUTO_INCREMENT,
  `email` varchar(190) COLLATE utf8mb4_unicode_ci NOT NULL,
  `password_hash` char(60) CHARACTER SET ascii COLLATE ascii_bin NOT NULL,
  `display_name` varchar(100) NOT NULL,
  `role` enum('agent','admin') NOT NULL DEFAULT 'agent',
  `active` tinyint(1) NOT NULL DEFAULT '1',
  `last_login_at` datetime DEFAULT NULL,
  `created_at` timestamp NULL DEFAULT CURRENT_TIMESTAMP,
  `updated_at` timestamp NULL DEFAULT CURRENT_TIMESTAMP ON UPDATE CURRENT_TIMESTAMP,
  PRIMARY KEY (`id`),
  UNIQUE KEY `agents_email` (`email`)
) ENGINE=InnoDB AUTO_INCREMENT=17 DEFAULT CHARSET=utf8mb4 COLLATE=utf8mb4_unicode_ci COMMENT='People who answer';
/*!40101 SET character_set_client = @saved_cs_client */;

LOCK TABLES `agents` WRITE;
/*!40000 ALTER TABLE `agents` DISABLE KEYS */;
INSERT INTO `agents` VALUES (1,'a@b.c','x','It\'s; me','admin',1,NULL,NULL,NULL),(2,'b@b.c','y',');','agent',1,NULL,NULL,NULL);
/*!40000 ALTER TABLE `agents` ENABLE KEYS */;
UNLOCK TABLES;

CREATE TABLE `labels` (
  `id` int unsigned NOT NULL AUTO_INCREMENT,
  `name` varchar(40) NOT NULL,
  `colour` char(7) NOT NULL DEFAULT '#cccccc' COMMENT 'hex, with #',
  PRIMARY KEY (`id`),
  UNIQUE KEY `name` (`name`),
  CONSTRAINT `labels_chk_1` CHECK (regexp_like(`colour`,_utf8mb4'^#[0-9a-f]{6}$'))
) ENGINE=InnoDB DEFAULT CHARSET=utf8mb4;

CREATE TABLE `tickets` (
  `id` bigint unsigned NOT NULL AUTO_INCREMENT,
  `reference` varchar(20) NOT NULL,
  `subject` varchar(200) NOT NULL,
  `body` mediumtext,
  `priority` tinyint unsigned NOT NULL DEFAULT '3',
  `state` enum('open','waiting','closed') NOT NULL DEFAULT 'open',
  `assignee_id` int unsigned DEFAULT NULL,
  `parent_id` bigint unsigned DEFAULT NULL,
  `due_at` datetime(6) DEFAULT NULL,
  `opened_at` datetime(6) NOT NULL DEFAULT CURRENT_TIMESTAMP(6),
  `channels` set('mail','phone') DEFAULT NULL,
  `extra` json DEFAULT NULL,
  `deleted_at` timestamp NULL DEFAULT NULL,
  `lock_version` int NOT NULL DEFAULT '0',
  PRIMARY KEY (`id`),
  UNIQUE KEY `reference_alive` (`reference`,`deleted_at`),
  KEY `assignee` (`assignee_id`),
  FULLTEXT KEY `words` (`subject`,`body`),
  CONSTRAINT `tickets_assignee` FOREIGN KEY (`assignee_id`) REFERENCES `agents` (`id`) ON DELETE SET NULL ON UPDATE CASCADE,
  CONSTRAINT `tickets_parent` FOREIGN KEY (`parent_id`) REFERENCES `tickets` (`id`) ON DELETE CASCADE,
  CONSTRAINT `tickets_chk_1` CHECK ((`priority` between 1 and 5)),
  CONSTRAINT `tickets_chk_2` CHECK ((`opened_at` < `due_at`))
) ENGINE=InnoDB DEFAULT CHARSET=utf8mb4
/*!50100 PARTITION BY HASH (id) PARTITIONS 4 */;

CREATE TABLE `label_ticket` (
  `ticket_id` bigint unsigned NOT NULL,
  `label_id` int unsigned NOT NULL,
  `created_at` timestamp NULL DEFAULT CURRENT_TIMESTAMP,
  PRIMARY KEY (`ticket_id`,`label_id`),
  KEY `label_id` (`label_id`),
  CONSTRAINT `lt_1` FOREIGN KEY (`ticket_id`) REFERENCES `tickets` (`id`) ON DELETE CASCADE,
  CONSTRAINT `lt_2` FOREIGN KEY (`label_id`) REFERENCES `labels` (`id`) ON DELETE CASCADE
) ENGINE=InnoDB DEFAULT CHARSET=utf8mb4;

DELIMITER ;;
/*!50003 CREATE*/ /*!50017 DEFINER=`root`@`localhost`*/ /*!50003 TRIGGER `guard` BEFORE INSERT ON `tickets` FOR EACH ROW BEGIN
  SET NEW.reference = UPPER(NEW.reference);
END */;;
DELIMITER ;

/*!50001 CREATE ALGORITHM=UNDEFINED */
/*!50013 DEFINER=`root`@`localhost` SQL SECURITY DEFINER */
/*!50001 VIEW `open_tickets` AS select `tickets`.`id` AS `id` from `tickets` where (`tickets`.`state` = 'open') */;
/*!40101 SET CHARACTER_SET_CLIENT=@OLD_CHARACTER_SET_CLIENT */;
